BEGIN;
SELECT plan(6);
\ir ../../support/_economy.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'GOLD', 30) \gset
SELECT price FROM wallet.update_item(:item_id, p_price => 25) \gset

SELECT is(
    pg_temp.refusal_of(
        format('SELECT wallet.buy_item(%L, %s, 2, 30, %L)', :'alice', :item_id, 'key-1')
    ),
    (
        'WA305', 'the price has changed', 'Expected was 30; item sword now costs 25 GOLD.',
        'Show the user the present price and ask again.'
    )::pg_temp.refusal,
    'a price that has changed is refused, also when it fell'
);
SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 2, 50, %L)', :'alice', :item_id, 'key-1'), 'WA305',
    'the price has changed', 'it is the price of one'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 100::numeric,
    'then nothing moves'
);
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 2, 25.0, 'key-1')).amount, 50::numeric,
    'the present price is taken, by the same key'
);
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 2, NULL, 'key-2')).unit_price, 25::numeric,
    'without an expected price it is the present one'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
