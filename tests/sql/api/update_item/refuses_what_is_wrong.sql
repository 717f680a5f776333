BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'POINTS', 1, 5, 2) \gset
SELECT throws_ok(
    pg_temp.call(
        'update_item', jsonb_build_object('item_id', :item_id, 'name', 'Other') || v.change
    ),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"item_id": null}'::jsonb, 'WA101'),
    ('{"item_id": 0}', 'WA204'),
    ('{"name": ""}', 'WA106'),
    ('{"name": "a\nb"}', 'WA106'),
    ('{"price": 0}', 'WA102'),
    ('{"price": "NaN"}', 'WA102'),
    ('{"price": 0.001}', 'WA103'),
    ('{"price": 1000000000000001}', 'WA105'),
    ('{"stock": -2}', 'WA109'),
    ('{"stock": 1000000000000001}', 'WA109'),
    ('{"max_per_user": -1}', 'WA109'),
    ('{"actor": ""}', 'WA106')
) AS v (change, code);
SELECT results_eq(
    'SELECT i.name, i.price, i.stock, i.max_per_user FROM wallet.list_items() AS i',
    'VALUES (''Sword'', 1.00, 5::bigint, 2)', 'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
