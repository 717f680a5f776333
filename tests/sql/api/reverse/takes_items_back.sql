BEGIN;
SELECT plan(15);
\ir ../../support/_books.sql

-- alice has 100 GOLD; of 5 swords at 10 each user may own 4.
SELECT item_id FROM wallet.create_item('sword', 'Sword', 'GOLD', 10, 5, 4) \gset
SELECT transaction_id FROM wallet.buy_item(:'alice', :item_id, 4, 10, 'purchase') \gset
SELECT price FROM wallet.update_item(:item_id, p_price => 25) \gset
SELECT format('SELECT * FROM wallet.reverse(%L, %L, ', :'alice', :'transaction_id') AS reverse \gset

SELECT is(
    pg_temp.refusal_of(:'reverse' || v.amount || ', ''broken'', ''key'')'),
    (
        'WA107', 'the amount does not convert exactly',
        format('%s GOLD is not a multiple of 10, the least that comes out even.', v.amount),
        v.hint
    )::pg_temp.refusal,
    format('%s are no whole swords', v.amount)
) FROM (
    VALUES ('5', 'Nearest: 10.'), ('25', 'Nearest: 20 or 30.')
) AS v (amount, hint);
SELECT results_eq(
    'SELECT r.amount, r.balance FROM (' || :'reverse' || '20, ''broken'', ''key'')) AS r',
    'VALUES (20::numeric, 80::numeric)', 'two of them, at the price that was paid'
);
SELECT is((SELECT i.stock FROM wallet.list_items() AS i), 3::bigint, 'are in stock again');
SELECT is(
    (SELECT p.returned FROM wallet_private.purchase AS p), 2, 'and noted as returned'
);
SELECT is((wallet.update_item(:item_id, p_price => 10)).price, 10::numeric, 'at the old price');
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 2, 10, 'purchase-2')).balance, 60::numeric,
    'the user may own two more'
);
SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 1, 10, %L)', :'alice', :item_id, 'purchase-3'),
    'WA404', 'the item''s limit per user is reached', 'not three'
);

SELECT is((wallet.update_item(:item_id, p_stock => -1)).stock, NULL, 'without a limit of stock');
SELECT results_eq(
    'SELECT r.amount, r.balance FROM (' || :'reverse' || 'NULL, ''broken'', ''key-2'')) AS r',
    'VALUES (20::numeric, 80::numeric)', 'the rest of the first purchase'
);
SELECT is((SELECT i.stock FROM wallet.list_items() AS i), NULL, 'leaves it without one');
SELECT results_eq(
    'SELECT p.quantity, p.returned FROM wallet_private.purchase AS p ORDER BY p.purchased_at',
    'VALUES (4, 4), (2, 0)', 'all of it is returned, and nothing of the other'
);
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', 20, 'broken', 'key')).is_replay, true, 'a replay'
);
SELECT is(
    (SELECT sum(p.returned) FROM wallet_private.purchase AS p), 4::bigint,
    'takes nothing back twice'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
