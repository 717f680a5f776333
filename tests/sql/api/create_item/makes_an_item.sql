BEGIN;
SELECT plan(7);
\ir ../../support/_books.sql

CREATE TEMPORARY TABLE answer AS
SELECT i.* FROM wallet.create_item('Sword_1', 'Sword', 'POINTS', 0.5, 40, 3, 'till-3') AS i;
SELECT item_id FROM answer \gset
SELECT is(
    (SELECT to_jsonb(a.*) - '{item_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'code', 'Sword_1', 'name', 'Sword', 'asset', 'POINTS', 'price', 0.50, 'stock', 40,
        'max_per_user', 3, 'is_active', true
    ),
    'the answer is the item'
);
SELECT results_eq(
    'SELECT * FROM wallet.list_items()', 'SELECT * FROM answer', 'which is listed alike'
);
SELECT is(
    (
        SELECT to_jsonb(i.*) - '{item_id, created_at}'::text[]
        FROM wallet.create_item('i', 'I', 'GOLD', 7) AS i
    ),
    jsonb_build_object(
        'code', 'i', 'name', 'I', 'asset', 'GOLD', 'price', 7, 'stock', NULL,
        'max_per_user', NULL, 'is_active', true
    ),
    'by default it has no limits'
);
SELECT is(
    (wallet.create_item('none', 'None', 'GOLD', 7, 0)).stock, 0::bigint,
    'an item can be out of stock from the start'
);
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 1, 0.5, 'key')).balance, 20.00, 'it can be bought'
);
SELECT results_eq(
    $$
        SELECT nullif(o.actor, session_user COLLATE "default"), o.subject
        FROM wallet.operator_action AS o
        WHERE o.name = 'create_item' ORDER BY o.action_id
    $$,
    $$VALUES ('till-3', 'Sword_1'), (NULL, 'i'), (NULL, 'none')$$, 'who made it is written down'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
