BEGIN;
SELECT plan(10);
\ir ../../support/_economy.sql

SELECT task_id FROM wallet.create_task('boss', 'Defeat a boss', 'POINTS', 2.5) \gset
CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.complete_task(
    :'alice', :task_id, 'key', false, '{"level": 9}', 'game-server'
) AS r;
SELECT transaction_id FROM answer \gset

SELECT is(
    (SELECT to_jsonb(a.*) - '{transaction_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'kind', 'TASK', 'user_id', :'alice', 'asset', 'POINTS', 'amount', 2.50,
        'balance', 23.00, 'reference', NULL, 'metadata', '{"level": 9}'::jsonb,
        'is_replay', false, 'task_id', :task_id
    ),
    'the receipt says what was paid for which task'
);
SELECT is(
    (SELECT ARRAY[a.amount, a.balance]::text[] FROM answer AS a), '{2.50, 23.00}'::text[],
    'amounts have the decimals of the asset'
);
SELECT results_eq(
    format(
        'SELECT kind, amount, balance_after, idempotency_key, actor FROM wallet.transaction '
        'WHERE transaction_id = %L', :'transaction_id'
    ),
    $$VALUES ('TASK', 2.50, 23.00, 'key', 'game-server')$$,
    'the transaction is kept with its key and its actor'
);
SELECT results_eq(
    format(
        'SELECT entry_type, account, amount, balance_after FROM wallet.ledger_entry '
        'WHERE transaction_id = %L ORDER BY entry', :'transaction_id'
    ),
    $$
        VALUES
        ('DEBIT', 'TREASURY', 2.50, NULL::numeric),
        ('CREDIT', 'USER', 2.50, 23.00)
    $$,
    'the treasury is debited and the user credited'
);
SELECT is(
    (SELECT b.available FROM wallet.get_balance(:'alice', 'POINTS') AS b), 23.00,
    'the balance goes up'
);
SELECT is(
    (SELECT t.outstanding FROM wallet.treasury('POINTS') AS t), 23.00,
    'the treasury has issued it'
);

SELECT is(
    (wallet.complete_task(:'alice', :task_id, repeat('k', 255), NULL, NULL, NULL)).balance, 25.50,
    'a task without limits pays as often as it is completed'
);
SELECT reward FROM wallet.update_task(:task_id, p_reward => 7) \gset
SELECT is(
    (wallet.complete_task(:'alice', :task_id, 'key-3')).amount, 7.00,
    'and what it pays at the time'
);

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT task_id AS mine FROM wallet.create_task('mine', 'Dig for rubies', 'RUBY', 3) \gset
SELECT is(
    (wallet.complete_task(:'bob', :mine, 'key')).balance, 3::numeric,
    'it may be an asset that is younger than the user'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
