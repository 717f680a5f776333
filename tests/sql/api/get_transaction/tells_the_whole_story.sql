BEGIN;
SELECT plan(11);
\ir ../../support/_history.sql

SELECT is(
    (
        SELECT to_jsonb(t.*) - '{created_at, entries}'::text[]
        FROM wallet.get_transaction(:'alice', :'topup') AS t
    ),
    jsonb_build_object(
        'transaction_id', :'topup', 'kind', 'TOPUP', 'user_id', :'alice', 'asset', 'SILVER',
        'amount', 100, 'balance', 100, 'reference', 'order-1', 'metadata', '{"shop": "n"}'::jsonb,
        'details', NULL, 'idempotency_key', 'topup', 'actor', 'till-3', 'reverses', NULL,
        'reversed_by', '[]'::jsonb, 'refunds', NULL, 'refunded_by', '[]'::jsonb
    ),
    'all that belongs to a movement'
);
SELECT results_eq(
    format(
        'SELECT e.* FROM wallet.get_transaction(%L, %L) AS t '
        'CROSS JOIN LATERAL unnest(t.entries) AS e', :'alice', v.transaction_id
    ),
    format(
        'SELECT e.transaction_id, e.leg, e.entry_type, e.account, e.asset, e.amount, '
        'e.balance_after, e.kind, e.created_at FROM wallet.list_ledger_entries(%L) AS e '
        'WHERE e.transaction_id = %L ORDER BY e.leg', :'alice', v.transaction_id
    ),
    format('a %s has its entries', v.kind)
) FROM (
    VALUES
    (:'topup', 'TOPUP'),
    (:'conversion', 'CONVERT'),
    (:'capture', 'CAPTURE'),
    (:'reversal', 'REVERSAL'),
    (:'reversal_of_both', 'REVERSAL of both')
) AS v (transaction_id, kind);
SELECT results_eq(
    format(
        $$
            SELECT e.leg, e.entry_type, e.account, e.asset, e.amount, e.balance_after
            FROM wallet.get_transaction(%L, %L) AS t
            CROSS JOIN LATERAL unnest(t.entries) AS e
        $$,
        :'alice', :'conversion'
    ),
    $$
        VALUES
        (1, 'DEBIT', 'USER', 'SILVER', 150::numeric, 25::numeric),
        (1, 'CREDIT', 'TREASURY', 'SILVER', 150, NULL),
        (2, 'DEBIT', 'TREASURY', 'GOLD', 3, NULL),
        (2, 'CREDIT', 'USER', 'GOLD', 3, 103)
    $$,
    'a conversion''s are those of both assets'
);

SELECT results_eq(
    format(
        'SELECT t.amount, t.reversed_by FROM wallet.get_transaction(%L, %L) AS t', :'alice',
        :'purchase'
    ),
    format('VALUES (30::numeric, ARRAY[%L::uuid])', :'reversal'), 'what reversed it is named'
);
SELECT results_eq(
    format(
        'SELECT t.kind, t.reverses FROM wallet.get_transaction(%L, %L) AS t', :'alice',
        :'reversal'
    ),
    format('VALUES (''REVERSAL'', %L::uuid)', :'purchase'), 'and what it reverses'
);
CREATE TEMPORARY TABLE reversals AS
SELECT r.transaction_id
FROM generate_series(1, 40) AS i (n)
CROSS JOIN LATERAL wallet.reverse(:'alice', :'topup', 1, 'bit by bit', 'bit-' || i.n) AS r;
SELECT is(
    (wallet.get_transaction(:'alice', :'topup')).reversed_by,
    (SELECT array_agg(r.transaction_id) FROM reversals AS r), 'if several did, all in their order'
);
SELECT results_eq(
    format(
        'SELECT t.kind, t.amount, cardinality(t.entries) FROM wallet.get_transaction(%L, %L) AS t',
        :'alice', :'hold'
    ),
    'VALUES (''HOLD'', 0::numeric, 0)', 'a hold''s moves nothing'
);

SELECT * FROM finish();
ROLLBACK;
