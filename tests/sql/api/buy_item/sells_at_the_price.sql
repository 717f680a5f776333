BEGIN;
SELECT plan(11);
\ir ../../support/_economy.sql

SELECT item_id FROM wallet.create_item('potion', 'Potion', 'POINTS', 2.5) \gset
CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.buy_item(
    :'alice', :item_id, 3, 2.50, 'key', '{"shop": "north"}', 'till-3'
) AS r;
SELECT transaction_id FROM answer \gset

SELECT is(
    (SELECT to_jsonb(a.*) - '{transaction_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'kind', 'PURCHASE', 'user_id', :'alice', 'asset', 'POINTS', 'amount', 7.50,
        'balance', 13.00, 'reference', NULL, 'metadata', '{"shop": "north"}'::jsonb,
        'is_replay', false, 'item_id', :item_id, 'quantity', 3, 'unit_price', 2.50
    ),
    'the receipt says what was bought at which price'
);
SELECT is(
    (SELECT ARRAY[a.amount, a.balance, a.unit_price]::text[] FROM answer AS a),
    '{7.50, 13.00, 2.50}'::text[], 'amounts have the decimals of the asset'
);
SELECT results_eq(
    format(
        'SELECT kind, amount, balance_after, idempotency_key, actor FROM wallet.transaction '
        'WHERE transaction_id = %L', :'transaction_id'
    ),
    $$VALUES ('PURCHASE', -7.50, 13.00, 'key', 'till-3')$$,
    'the transaction is kept with its key and its actor'
);
SELECT results_eq(
    format(
        'SELECT entry_type, account, amount, balance_after FROM wallet.ledger_entry '
        'WHERE transaction_id = %L ORDER BY entry', :'transaction_id'
    ),
    $$
        VALUES
        ('DEBIT', 'USER', 7.50, 13.00),
        ('CREDIT', 'TREASURY', 7.50, NULL::numeric)
    $$,
    'the user is debited and the treasury credited'
);
SELECT is(
    (SELECT b.available FROM wallet.get_balance(:'alice', 'POINTS') AS b), 13.00,
    'the balance goes down'
);
SELECT is(
    (SELECT t.outstanding FROM wallet.treasury('POINTS') AS t), 13.00,
    'and what is outstanding'
);

SELECT is(
    (wallet.buy_item(:'alice', :item_id, 1, NULL, repeat('k', 255), NULL, NULL)).balance, 10.50,
    'an item without limits can be bought again'
);
SELECT price FROM wallet.update_item(:item_id, p_price => 5.25) \gset
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 2, NULL, 'key-3')).balance, 0.00,
    'at what it costs at the time, for all that is there'
);
SELECT is(
    (pg_temp.refusal_of(
        format('SELECT wallet.buy_item(%L, %s, 2, NULL, %L)', :'alice', :item_id, 'key-4')
    )).detail,
    '10.50 POINTS is needed, 0.00 is available: 10.50 is missing.',
    'not for more'
);
SELECT item_id AS sword FROM wallet.create_item('sword', 'Sword', 'GOLD', 30) \gset
SELECT balance FROM wallet.buy_item(:'alice', :sword, 1, 30, 'key-5') \gset
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 930::numeric,
    'what was paid in a capped asset can be issued again'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
