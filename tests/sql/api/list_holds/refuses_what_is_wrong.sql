BEGIN;
SELECT plan(21);
\ir ../../support/_books.sql

SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 50, 'gold') \gset
SELECT count(*) AS holds
FROM generate_series(1, 2) AS i (n)
CROSS JOIN (
    VALUES (:'alice'::uuid), (:'bob')
) AS u (user_id)
CROSS JOIN LATERAL wallet.place_hold(u.user_id, 'GOLD', 1, '1 day', 'hold-' || i.n) \gset
SELECT h.cursor AS place FROM wallet.list_holds(:'alice', p_limit => 1) AS h \gset
SELECT t.cursor AS other FROM wallet.list_transactions(:'alice', p_limit => 1) AS t \gset

SELECT throws_ok(
    pg_temp.call('list_holds', jsonb_build_object('user_id', :'alice') || v.change), v.code,
    pg_temp.message(v.code), v.description
) FROM (
    VALUES
    ('{"user_id": null}'::jsonb, 'WA101', 'no user'),
    (jsonb_build_object('user_id', :'nobody'), 'WA201', 'a user that there never was'),
    ('{"asset": "gold"}', 'WA202', 'an asset that there never was'),
    ('{"status": "OPEN"}', 'WA110', 'a status in upper case'),
    ('{"status": ""}', 'WA110', 'an empty status'),
    ('{"limit": 0}', 'WA109', 'a limit of 0'),
    ('{"limit": 201}', 'WA109', 'a limit over 200'),
    (jsonb_build_object('cursor', :'other'), 'WA108', 'a cursor of another list'),
    (jsonb_build_object('cursor', :'place', 'asset', 'GOLD'), 'WA108', 'a cursor of all assets'),
    (jsonb_build_object('cursor', :'place', 'status', 'open'), 'WA108', 'a cursor of any status'),
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
    (SELECT count(*) FROM wallet.list_holds(:'alice', p_limit => 1, p_cursor => :'place')),
    1::bigint, 'the cursor itself is good'
);

SELECT * FROM finish();
ROLLBACK;
