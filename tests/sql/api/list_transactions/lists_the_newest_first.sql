BEGIN;
SELECT plan(11);
\ir ../../support/_history.sql

SELECT results_eq(
    format(
        'SELECT transaction_id, leg, kind, asset, entry_type, amount, balance, reference '
        'FROM wallet.list_transactions(%L, p_limit => 11)', :'alice'
    ),
    format(
        $$
            VALUES
            (%1$L::uuid, 1, 'REVERSAL', 'SILVER', 'CREDIT', 50::numeric, 75::numeric, NULL),
            (%1$L, 2, 'REVERSAL', 'GOLD', 'DEBIT', 1, 67, NULL),
            (%2$L, 1, 'REVERSAL', 'GOLD', 'CREDIT', 10, 68, NULL),
            (%3$L, 1, 'ADJUST', 'POINTS', 'CREDIT', 5.00, 25.00, 'a fault'),
            (%4$L, 1, 'SPEND', 'POINTS', 'DEBIT', 0.50, 20.00, NULL),
            (%5$L, 1, 'CAPTURE', 'GOLD', 'DEBIT', 15, 58, NULL),
            (%6$L, 1, 'PURCHASE', 'GOLD', 'DEBIT', 30, 73, NULL),
            (%7$L, 1, 'CONVERT', 'SILVER', 'DEBIT', 150, 25, NULL),
            (%7$L, 2, 'CONVERT', 'GOLD', 'CREDIT', 3, 103, NULL),
            (%8$L, 1, 'TASK', 'SILVER', 'CREDIT', 75, 175, NULL),
            (%9$L, 1, 'TOPUP', 'SILVER', 'CREDIT', 100, 100, 'order-1')
        $$,
        :'reversal_of_both', :'reversal', :'adjustment', :'spend', :'capture', :'purchase',
        :'conversion', :'task', :'topup'
    ),
    'one user''s movements in all assets, the newest first'
);
SELECT is(
    (
        SELECT to_jsonb(t.*) - 'created_at' FROM wallet.list_transactions(:'alice') AS t
        WHERE t.kind = 'TOPUP'
    ),
    jsonb_build_object(
        'transaction_id', :'topup', 'leg', 1, 'kind', 'TOPUP', 'user_id', :'alice',
        'asset', 'SILVER', 'amount', 100, 'entry_type', 'CREDIT', 'balance', 100,
        'reference', 'order-1', 'metadata', '{"shop": "n"}'::jsonb, 'cursor', NULL
    ),
    'each with all that belongs to it'
);
SELECT is(
    (
        SELECT array_agg(format('%s %s', t.kind, t.leg))
        FROM wallet.list_transactions(:'alice', v.asset, v.kind) AS t
    ),
    v.expected::text[], format('of %s and %s', v.asset, v.kind)
) FROM (
    VALUES
    ('SILVER', NULL, '{REVERSAL 1,CONVERT 1,TASK 1,TOPUP 1}'),
    ('GOLD', NULL, '{REVERSAL 2,REVERSAL 1,CAPTURE 1,PURCHASE 1,CONVERT 2,BONUS 1}'),
    ('COPPER', NULL, '{BONUS 1}'),
    (NULL, 'REVERSAL', '{REVERSAL 1,REVERSAL 2,REVERSAL 1}'),
    (NULL, 'CONVERT', '{CONVERT 1,CONVERT 2}'),
    ('GOLD', 'CONVERT', '{CONVERT 2}'),
    ('GOLD', 'SPEND', NULL)
) AS v (asset, kind, expected);
SELECT results_eq(
    format('SELECT kind, amount FROM wallet.list_transactions(%L)', :'bob'),
    'VALUES (''BONUS'', 6::numeric), (''BONUS'', 5)', 'another user has his own'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'closed')), 1::bigint,
    'a closed account keeps its history'
);

SELECT * FROM finish();
ROLLBACK;
