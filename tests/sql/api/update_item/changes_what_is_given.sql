BEGIN;
SELECT plan(12);
\ir ../../support/_books.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'POINTS', 1) \gset
SELECT jsonb_build_object(
    'item_id', :item_id, 'code', 'sword', 'name', 'Sword', 'asset', 'POINTS', 'price', 1.00,
    'stock', NULL, 'max_per_user', NULL, 'is_active', true
) AS item \gset

-- One after the other, each only what it names.
SELECT results_eq(
    format(
        'SELECT to_jsonb(r.*) - ''created_at'' FROM (%s) AS r',
        pg_temp.call(
            'update_item',
            jsonb_build_object('item_id', :item_id, 'actor', 'till-3') || v.change
        )
    ),
    format('VALUES (%L::jsonb)', :'item'::jsonb || v.expected),
    format('after %s', v.change)
) FROM (
    VALUES
    ('{}'::jsonb, '{}'::jsonb),
    ('{"name": "Swords"}', '{"name": "Swords"}'),
    ('{"price": 2.5}', '{"name": "Swords", "price": 2.50}'),
    ('{"stock": 4}', '{"name": "Swords", "price": 2.50, "stock": 4}'),
    ('{"stock": 0}', '{"name": "Swords", "price": 2.50, "stock": 0}'),
    (
        '{"max_per_user": 2}',
        '{"name": "Swords", "price": 2.50, "stock": 0, "max_per_user": 2}'
    ),
    (
        '{"is_active": false}',
        '{"name": "Swords", "price": 2.50, "stock": 0, "max_per_user": 2, "is_active": false}'
    ),
    (
        '{"stock": -1}',
        '{"name": "Swords", "price": 2.50, "max_per_user": 2, "is_active": false}'
    ),
    ('{"max_per_user": 0}', '{"name": "Swords", "price": 2.50, "is_active": false}'),
    ('{"is_active": true}', '{"name": "Swords", "price": 2.50}')
) AS v (change, expected);
SELECT results_eq(
    'SELECT i.name, i.price FROM wallet.list_items() AS i', 'VALUES (''Swords'', 2.50)',
    'the list shows it as it is now'
);
SELECT is(
    (
        SELECT count(*) FROM wallet.operator_action AS o
        WHERE o.name = 'update_item' AND o.subject = 'sword' AND o.actor = 'till-3'
    ),
    10::bigint, 'who changed it is written down each time'
);

SELECT * FROM finish();
ROLLBACK;
