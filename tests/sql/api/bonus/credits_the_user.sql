BEGIN;
SELECT plan(8);
\ir ../../support/_economy.sql

CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.bonus(
    :'alice', 'POINTS', 4.5, 'birthday-30', 'birthday', '{"age": 30}', 'marketing'
) AS r;
SELECT transaction_id FROM answer \gset

SELECT is(
    (SELECT to_jsonb(a.*) - '{transaction_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'kind', 'BONUS', 'user_id', :'alice', 'asset', 'POINTS', 'amount', 4.50,
        'balance', 25.00, 'reference', 'birthday', 'metadata', '{"age": 30}'::jsonb,
        'is_replay', false
    ),
    'the receipt says what was given and what is there now'
);
SELECT is(
    (SELECT ARRAY[a.amount, a.balance]::text[] FROM answer AS a), '{4.50, 25.00}'::text[],
    'amounts have the decimals of the asset'
);
SELECT results_eq(
    format(
        'SELECT kind, amount, balance_after, idempotency_key, actor FROM wallet.transaction '
        'WHERE transaction_id = %L', :'transaction_id'
    ),
    $$VALUES ('BONUS', 4.50, 25.00, 'birthday-30', 'marketing')$$,
    'the transaction is kept with its key and its actor'
);
SELECT results_eq(
    format(
        'SELECT entry_type, account, amount, balance_after FROM wallet.ledger_entry '
        'WHERE transaction_id = %L ORDER BY entry', :'transaction_id'
    ),
    $$
        VALUES
        ('DEBIT', 'TREASURY', 4.50, NULL::numeric),
        ('CREDIT', 'USER', 4.50, 25.00)
    $$,
    'the treasury is debited and the user credited'
);
SELECT is(
    (SELECT b.available FROM wallet.get_balance(:'alice', 'POINTS') AS b), 25.00,
    'the balance goes up'
);
SELECT is(
    (SELECT t.outstanding FROM wallet.treasury('POINTS') AS t), 25.00,
    'the treasury has issued it'
);

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', p_is_purchasable => false) \gset
SELECT is(
    (wallet.bonus(:'bob', 'RUBY', 3, 'key', NULL, NULL, NULL)).balance, 3::numeric,
    'it may be an asset that is younger than the user, and not for sale (WA502 to a top-up)'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
