BEGIN;
SELECT plan(7);
\ir ../../support/_history.sql

SELECT results_eq(
    format(
        'SELECT transaction_id, leg, kind, asset, entry_type, account, amount, balance_after '
        'FROM wallet.list_ledger_entries(%L, p_limit => 9)', :'alice'
    ),
    format(
        $$
            VALUES
            (%1$L::uuid, 1, 'REVERSAL', 'SILVER', 'DEBIT', 'TREASURY', 50::numeric, NULL::numeric),
            (%1$L, 1, 'REVERSAL', 'SILVER', 'CREDIT', 'USER', 50, 75),
            (%1$L, 2, 'REVERSAL', 'GOLD', 'DEBIT', 'USER', 1, 67),
            (%1$L, 2, 'REVERSAL', 'GOLD', 'CREDIT', 'TREASURY', 1, NULL),
            (%2$L, 1, 'REVERSAL', 'GOLD', 'DEBIT', 'TREASURY', 10, NULL),
            (%2$L, 1, 'REVERSAL', 'GOLD', 'CREDIT', 'USER', 10, 68),
            (%3$L, 1, 'ADJUST', 'POINTS', 'DEBIT', 'TREASURY', 5.00, NULL),
            (%3$L, 1, 'ADJUST', 'POINTS', 'CREDIT', 'USER', 5.00, 25.00),
            (%4$L, 1, 'SPEND', 'POINTS', 'DEBIT', 'USER', 0.50, 20.00)
        $$,
        :'reversal_of_both', :'reversal', :'adjustment', :'spend'
    ),
    'the newest first, its debit before its credit'
);
SELECT results_eq(
    format(
        'SELECT DISTINCT asset, sum(CASE entry_type WHEN ''DEBIT'' THEN amount ELSE -amount END) '
        'FROM wallet.list_ledger_entries(%L) GROUP BY asset, transaction_id, leg ORDER BY asset',
        :'alice'
    ),
    'VALUES (''COPPER'', 0::numeric), (''GOLD'', 0), (''POINTS'', 0.00), (''SILVER'', 0)',
    'each transfer is at zero'
);
SELECT results_eq(
    format(
        'SELECT e.transaction_id, e.leg, e.kind, e.asset, e.amount, e.balance_after, e.created_at '
        'FROM wallet.list_ledger_entries(%L) AS e WHERE e.account = ''USER''', :'alice'
    ),
    format(
        'SELECT t.transaction_id, t.leg, t.kind, t.asset, t.amount, t.balance, t.created_at '
        'FROM wallet.list_transactions(%L) AS t', :'alice'
    ),
    'the user''s side is the list of transactions'
);
SELECT is(
    (
        SELECT array_agg(format('%s %s', e.kind, e.entry_type))
        FROM wallet.list_ledger_entries(:'alice', v.asset, v.kind) AS e
    ),
    v.expected::text[], format('of %s and %s', v.asset, v.kind)
) FROM (
    VALUES
    ('SILVER', 'TASK', '{TASK DEBIT,TASK CREDIT}'),
    ('COPPER', NULL, '{BONUS DEBIT,BONUS CREDIT}'),
    (NULL, 'CONVERT', '{CONVERT DEBIT,CONVERT CREDIT,CONVERT DEBIT,CONVERT CREDIT}'),
    ('GOLD', 'SPEND', NULL)
) AS v (asset, kind, expected);

SELECT * FROM finish();
ROLLBACK;
