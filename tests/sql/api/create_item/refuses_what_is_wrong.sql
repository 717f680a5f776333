BEGIN;
SELECT plan(25);
\ir ../../support/_books.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'GOLD', 1) \gset
SELECT jsonb_build_object(
    'code', repeat('a', 64), 'name', repeat('n', 255), 'asset', 'POINTS', 'price', 1e15,
    'stock', 1000000000000000, 'max_per_user', 2147483647, 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('create_item', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.change::text
) FROM (
    VALUES
    ('{"code": null}'::jsonb, 'WA101'),
    ('{"code": ""}', 'WA114'),
    ('{"code": "1st"}', 'WA114'),
    ('{"code": "a-b"}', 'WA114'),
    ('{"code": "a\n"}', 'WA114'),
    (jsonb_build_object('code', repeat('a', 65)), 'WA114'),
    ('{"code": "sword"}', 'WA304'),
    ('{"name": null}', 'WA101'),
    ('{"name": ""}', 'WA106'),
    (jsonb_build_object('name', repeat('n', 256)), 'WA106'),
    ('{"asset": null}', 'WA101'),
    ('{"asset": "points"}', 'WA202'),
    ('{"price": null}', 'WA101'),
    ('{"price": 0}', 'WA102'),
    ('{"price": "NaN"}', 'WA102'),
    ('{"price": 0.001}', 'WA103'),
    ('{"price": 1000000000000001}', 'WA105'),
    ('{"stock": -1}', 'WA109'),
    ('{"stock": 1000000000000001}', 'WA109'),
    ('{"max_per_user": 0}', 'WA109'),
    ('{"max_per_user": -1}', 'WA109'),
    ('{"actor": ""}', 'WA106')
) AS v (change, code);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('create_item', :'request'::jsonb || '{"code": "sword"}')),
    (
        'WA304', 'the code is taken', 'There is an item sword already.',
        'Change that one, or take another code.'
    )::pg_temp.refusal,
    'a code that is taken is named'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_items()), 1::bigint, 'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT i.price, i.stock FROM (%s) AS i', pg_temp.call('create_item', :'request')),
    'VALUES (1e15, 1000000000000000)', 'the longest and largest are good'
);

SELECT * FROM finish();
ROLLBACK;
