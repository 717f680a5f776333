BEGIN;
SELECT plan(11);
\ir ../../support/_economy.sql

SELECT item_id FROM wallet.create_item('crown', 'Crown', 'GOLD', 10, 3) \gset
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 100, 'gold') \gset

SELECT is(
    (wallet.buy_item(:'alice', :item_id, 2, NULL, 'key-1')).balance, 80::numeric,
    'what is in stock can be bought'
);
SELECT results_eq(
    'SELECT i.stock FROM wallet.list_items() AS i', 'VALUES (1::bigint)', 'and leaves the stock'
);
SELECT is(
    pg_temp.refusal_of(
        format('SELECT wallet.buy_item(%L, %s, 2, NULL, %L)', :'bob', :item_id, 'key-1')
    ),
    (
        'WA403', 'the item is out of stock', '1 of item crown are left, 2 are wanted.',
        'Offer fewer, or another item.'
    )::pg_temp.refusal,
    'more than is in stock can''t'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'bob', 'GOLD') AS b), 100::numeric,
    'and costs nothing'
);
SELECT is(
    (wallet.buy_item(:'bob', :item_id, 1, NULL, 'key-1')).balance, 90::numeric,
    'the last one can, by the key that was refused'
);
SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 1, NULL, %L)', :'alice', :item_id, 'key-2'), 'WA403',
    'the item is out of stock', 'then there is none'
);
SELECT is(
    (wallet.buy_item(:'bob', :item_id, 1, NULL, 'key-1')).is_replay, true,
    'but a replay is answered'
);
SELECT results_eq(
    'SELECT i.stock FROM wallet.list_items() AS i', 'VALUES (0::bigint)',
    'and takes nothing from the stock'
);

SELECT stock FROM wallet.update_item(:item_id, p_stock => 5) \gset
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 5, NULL, 'key-2')).balance, 30::numeric,
    'new stock can be bought'
);
SELECT item_id AS empty FROM wallet.create_item('none', 'None', 'GOLD', 10, 0) \gset
SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 1, NULL, %L)', :'alice', :empty, 'key-3'), 'WA403',
    'the item is out of stock', 'an item may have no stock from the beginning'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
