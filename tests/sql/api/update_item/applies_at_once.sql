BEGIN;
SELECT plan(14);
\ir ../../support/_books.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'GOLD', 10) \gset
SELECT balance FROM wallet.buy_item(:'alice', :item_id, 2, 10, 'key-1') \gset
SELECT format(
    'SELECT wallet.buy_item(%L, %s, 1, NULL, %L)', :'alice', :item_id, 'key-2'
) AS again \gset

SELECT is((wallet.update_item(:item_id, p_max_per_user => 2)).max_per_user, 2, 'a limit');
SELECT throws_ok(
    :'again', 'WA404', 'the item''s limit per user is reached', 'counts what was bought before'
);
SELECT is((wallet.update_item(:item_id, p_max_per_user => 3)).max_per_user, 3, 'and rises');
SELECT is((wallet.update_item(:item_id, p_stock => 0)).stock, 0::bigint, 'a stock');
SELECT throws_ok(
    :'again', 'WA403', 'the item is out of stock', 'is what can still be sold'
);
SELECT is((wallet.update_item(:item_id, p_stock => 1)).stock, 1::bigint, 'and is filled up');
SELECT is((wallet.update_item(:item_id, p_is_active => false)).is_active, false, 'an item closed');
SELECT throws_ok(
    :'again', 'WA503', 'the asset, task or item is closed', 'is not for sale'
);
SELECT is((wallet.update_item(:item_id, p_is_active => true)).is_active, true, 'until reopened');
SELECT is((wallet.update_item(:item_id, p_price => 11)).price, 11::numeric, 'a price');
SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 1, 10, %L)', :'alice', :item_id, 'key-2'), 'WA305',
    'the price has changed', 'is what a buyer has to expect'
);
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 1, NULL, 'key-2')).balance, 69::numeric, 'and pays'
);
SELECT is(
    (SELECT i.stock FROM wallet.list_items() AS i), 0::bigint, 'and the stock goes down by it'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
