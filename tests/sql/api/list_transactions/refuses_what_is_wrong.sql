BEGIN;
SELECT plan(31);
\ir ../../support/_history.sql

SELECT x.cursor AS place FROM wallet.list_transactions(:'alice', p_limit => 1) AS x \gset
SELECT x.cursor AS other FROM wallet.list_ledger_entries(:'alice', p_limit => 1) AS x \gset
SELECT max(x.cursor) AS of_gold
FROM wallet.list_transactions(:'alice', 'GOLD', p_limit => 2) AS x \gset

SELECT throws_ok(
    format(
        'SELECT * FROM wallet.list_transactions(%L, p_cursor => %L)', :'alice',
        wallet_private.write_cursor(format('transactions %s NULL NULL', :'alice'), v.place)
    ),
    'WA108', pg_temp.message('WA108'), format('the place %s', v.place)
) FROM no_place AS v;

SELECT throws_ok(
    pg_temp.call('list_transactions', jsonb_build_object('user_id', :'alice') || v.change),
    v.code, pg_temp.message(v.code), v.description
) FROM (
    VALUES
    ('{"user_id": null}'::jsonb, 'WA101', 'no user'),
    (jsonb_build_object('user_id', :'nobody'), 'WA201', 'a user that there never was'),
    ('{"asset": "gold"}', 'WA202', 'an asset that there never was'),
    ('{"kind": "spend"}', 'WA110', 'a kind in lower case'),
    ('{"kind": ""}', 'WA110', 'an empty kind'),
    ('{"kind": "HOLD"}', 'WA110', 'a kind that is no movement'),
    ('{"limit": 0}', 'WA109', 'a limit of 0'),
    ('{"limit": -1}', 'WA109', 'a negative limit'),
    ('{"limit": 201}', 'WA109', 'a limit over 200'),
    (jsonb_build_object('cursor', :'other'), 'WA108', 'a cursor of another list'),
    (jsonb_build_object('cursor', :'of_gold'), 'WA108', 'a cursor of one asset'),
    (jsonb_build_object('cursor', :'place', 'asset', 'GOLD'), 'WA108', 'a cursor of all assets'),
    (jsonb_build_object('cursor', :'place', 'kind', 'TOPUP'), 'WA108', 'a cursor of any kind'),
    (jsonb_build_object('cursor', :'place', 'user_id', :'bob'), 'WA108', 'another user''s cursor'),
    (jsonb_build_object('cursor', :'place' || 'A'), 'WA108', 'a cursor that is too long'),
    (jsonb_build_object('cursor', left(:'place', -1)), 'WA108', 'a cursor that is cut off'),
    (jsonb_build_object('cursor', 'A' || substr(:'place', 2)), 'WA108', 'an altered one'),
    (jsonb_build_object('cursor', :'place' || E'\n'), 'WA108', 'a cursor with a line break'),
    (jsonb_build_object('cursor', :'place' || '='), 'WA108', 'a cursor with padding'),
    ('{"cursor": ""}', 'WA108', 'an empty cursor'),
    ('{"cursor": "''; --"}', 'WA108', 'no cursor at all'),
    (jsonb_build_object('cursor', chr(233)), 'WA108', 'one that is not ASCII'),
    (jsonb_build_object('cursor', repeat('A', 100000)), 'WA108', 'a very long one')
) AS v (change, code, description);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', p_limit => 1, p_cursor => :'place')),
    1::bigint, 'the cursor itself is good'
);

SELECT * FROM finish();
ROLLBACK;
