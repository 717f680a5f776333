BEGIN;
SELECT plan(12);
\ir ../../support/_economy.sql

CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.topup(
    :'bob', 'POINTS', 30, 'payment-1', 'card 4242', '{"shop": "north"}', 'till-3'
) AS r;

SELECT is(
    (SELECT to_jsonb(a.*) - '{transaction_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'kind', 'TOPUP', 'user_id', :'bob', 'asset', 'POINTS', 'amount', 30, 'balance', 30,
        'reference', 'card 4242', 'metadata', '{"shop": "north"}'::jsonb, 'is_replay', false
    ),
    'the receipt says what was asked and what is there now'
);
SELECT is(
    (SELECT ARRAY[a.amount, a.balance]::text[] FROM answer AS a), '{30.00, 30.00}'::text[],
    'amounts have the decimals of the asset'
);
SELECT is(
    (SELECT substr(a.transaction_id::text, 15, 1) FROM answer AS a), '7',
    'the transaction id is a uuid of version 7'
);
SELECT ok(
    (SELECT a.created_at BETWEEN now() AND clock_timestamp() FROM answer AS a),
    'the receipt says when'
);
SELECT results_eq(
    'SELECT t.kind, t.amount, t.balance_after, t.idempotency_key, t.actor, t.created_at '
    'FROM wallet.transaction AS t INNER JOIN answer AS a ON t.transaction_id = a.transaction_id',
    $$
        SELECT 'TOPUP', 30.00, 30.00, 'payment-1', 'till-3', a.created_at FROM answer AS a
    $$,
    'the transaction is kept with its key and its actor'
);
SELECT results_eq(
    'SELECT e.entry_type, e.account, e.amount, e.balance_after FROM wallet.ledger_entry AS e '
    'INNER JOIN answer AS a ON e.transaction_id = a.transaction_id ORDER BY e.entry',
    $$
        VALUES
        ('DEBIT', 'TREASURY', 30.00, NULL::numeric),
        ('CREDIT', 'USER', 30.00, 30.00)
    $$,
    'the treasury is debited and the user credited'
);
SELECT is(
    (SELECT b.available FROM wallet.get_balance(:'bob', 'POINTS') AS b), 30.00,
    'the balance goes up'
);
SELECT is(
    (SELECT t.outstanding FROM wallet.treasury('POINTS') AS t), 50.50,
    'the treasury has issued it'
);

SELECT is(
    (wallet.topup(:'bob', 'POINTS', 0.01, 'payment-2')).balance, 30.01,
    'the least amount is the asset''s last decimal'
);
SELECT is(
    (wallet.topup(:'bob', 'SILVER', 1000000000000000.0, repeat('k', 255))).balance,
    1000000000000000::numeric, 'the largest is 10^15, with a key of 255 characters'
);

SELECT transaction_id FROM wallet.topup(:'bob', 'SILVER', 1, '! ~', NULL, NULL, NULL) \gset
SELECT is(
    (SELECT t.actor FROM wallet.get_transaction(:'bob', :'transaction_id') AS t),
    session_user::text, 'without an actor it is the session''s user'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
