BEGIN;
SELECT plan(45);
\ir ../../support/_books.sql

SELECT jsonb_build_object(
    'code', repeat('A', 32), 'name', repeat('n', 255), 'scale', 2, 'supply', 1e15,
    'sign_up_bonus', 0.01, 'is_purchasable', true, 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('create_asset', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.change::text
) FROM (
    VALUES
    ('{"code": null}'::jsonb, 'WA101'),
    ('{"code": ""}', 'WA114'),
    ('{"code": "A"}', 'WA114'),
    ('{"code": "Ruby"}', 'WA114'),
    ('{"code": "2RUBY"}', 'WA114'),
    ('{"code": "_RUBY"}', 'WA114'),
    ('{"code": "RUBY-2"}', 'WA114'),
    ('{"code": "RUBY\n"}', 'WA114'),
    ('{"code": " RUBY"}', 'WA114'),
    (jsonb_build_object('code', 'R' || chr(220) || 'BY'), 'WA114'),
    (jsonb_build_object('code', repeat('A', 33)), 'WA114'),
    ('{"code": "GOLD"}', 'WA304'),
    ('{"code": "COPPER"}', 'WA304'),
    ('{"name": null}', 'WA101'),
    ('{"name": ""}', 'WA106'),
    ('{"name": "Ru\nby"}', 'WA106'),
    (jsonb_build_object('name', repeat('n', 256)), 'WA106'),
    ('{"scale": null}', 'WA101'),
    ('{"scale": -1}', 'WA109'),
    ('{"scale": 9}', 'WA109'),
    ('{"supply": 0}', 'WA102'),
    ('{"supply": -1}', 'WA102'),
    ('{"supply": "NaN"}', 'WA102'),
    ('{"supply": "Infinity"}', 'WA102'),
    ('{"supply": 0.001}', 'WA103'),
    ('{"supply": 1000000000000001}', 'WA105'),
    ('{"sign_up_bonus": 0}', 'WA102'),
    ('{"sign_up_bonus": "NaN"}', 'WA102'),
    ('{"sign_up_bonus": 0.001}', 'WA103'),
    ('{"sign_up_bonus": 1000000000000001}', 'WA105'),
    ('{"is_purchasable": null}', 'WA101'),
    ('{"lot_order": ""}', 'WA110'),
    ('{"lot_order": "FREE_FIRST"}', 'WA110'),
    ('{"expires_in": "1 day"}', 'WA502'),
    ('{"lot_order": "free_first", "expires_in": "0"}', 'WA109'),
    ('{"lot_order": "free_first", "expires_in": "-1 day"}', 'WA109'),
    ('{"lot_order": "free_first", "expires_in": "3661 days"}', 'WA109'),
    ('{"is_paid_expiring": true}', 'WA502'),
    ('{"is_paid_expiring": null}', 'WA101'),
    ('{"actor": ""}', 'WA106'),
    (jsonb_build_object('actor', repeat('a', 256)), 'WA106')
) AS v (change, code);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('create_asset', :'request'::jsonb || '{"code": "GOLD"}')),
    (
        'WA304', 'the code is taken', 'There is an asset GOLD already.',
        'Change that one, or take another code.'
    )::pg_temp.refusal,
    'a code that is taken is named'
);
SELECT is(
    (SELECT array_agg(a.asset) FROM wallet.list_assets() AS a),
    '{COPPER,GOLD,POINTS,SILVER}', 'a refused request leaves nothing behind'
);
SELECT is(
    (
        SELECT count(*) FROM wallet.operator_action AS o
        WHERE o.actor = repeat('a', 255)
    ),
    0::bigint, 'not even that it was tried'
);
SELECT results_eq(
    format('SELECT asset, supply FROM (%s) AS a', pg_temp.call('create_asset', :'request')),
    format('VALUES (%L, 1e15::numeric)', repeat('A', 32)), 'the longest and largest are good'
);

SELECT * FROM finish();
ROLLBACK;
