BEGIN;
SELECT plan(10);
\ir ../../support/_economy.sql

SELECT item_id FROM wallet.create_item('shield', 'Shield', 'GOLD', 10, 10, 3) \gset
SELECT item_id AS other FROM wallet.create_item('helmet', 'Helmet', 'GOLD', 10, NULL, 1) \gset
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 100, 'gold') \gset

SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 4, NULL, %L)', :'alice', :item_id, 'key-1'), 'WA404',
    'the item''s limit per user is reached', 'nobody can buy more than the limit at once'
);
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 2, NULL, 'key-1')).balance, 80::numeric,
    'up to the limit it can be bought, by the key that was refused'
);
SELECT is(
    pg_temp.refusal_of(
        format('SELECT wallet.buy_item(%L, %s, 2, NULL, %L)', :'alice', :item_id, 'key-2')
    ),
    (
        'WA404', 'the item''s limit per user is reached',
        'Each user can own 3 of item shield; this one owns 2 and wants 2 more.',
        'Offer fewer, or another item.'
    )::pg_temp.refusal,
    'what the user owns counts'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 80::numeric,
    'what is refused costs nothing'
);
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 1, NULL, 'key-2')).balance, 70::numeric,
    'the last one of the limit can be bought'
);
SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 1, NULL, %L)', :'alice', :item_id, 'key-3'), 'WA404',
    'the item''s limit per user is reached', 'then no more'
);
SELECT is(
    (wallet.buy_item(:'bob', :item_id, 3, NULL, 'key-3')).balance, 70::numeric,
    'each user has a limit of his own'
);
SELECT is(
    (wallet.buy_item(:'alice', :other, 1, NULL, 'key-3')).balance, 60::numeric,
    'so has each item'
);
SELECT results_eq(
    format('SELECT stock FROM wallet.list_items() WHERE item_id = %s', :item_id),
    'VALUES (4::bigint)', 'what was refused stays in stock'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
