BEGIN;
SELECT plan(12);
\ir ../../support/_economy.sql

CREATE TEMPORARY TABLE answer AS
SELECT
    v.way,
    r.*
FROM (
    VALUES
    ('up', 10, 'key-1'),
    ('down', -0.5, 'key-2')
) AS v (way, amount, key)
CROSS JOIN LATERAL wallet.adjust(
    :'alice', 'POINTS', v.amount, v.key, 'ticket ' || v.way, '{"lost": true}', 'carol'
) AS r;

SELECT is(
    (
        SELECT to_jsonb(a.*) - '{transaction_id, created_at, way}'::text[] FROM answer AS a
        WHERE a.way = v.way
    ),
    jsonb_build_object(
        'kind', 'ADJUST', 'user_id', :'alice', 'asset', 'POINTS', 'amount', v.amount,
        'balance', v.balance, 'reference', 'ticket ' || v.way,
        'metadata', '{"lost": true}'::jsonb, 'is_replay', false
    ),
    'the receipt of a correction ' || v.way
) FROM (
    VALUES
    ('up', 10, 30.50),
    ('down', 0.50, 30.00)
) AS v (way, amount, balance);
SELECT is(
    (SELECT array_agg(a.amount::text ORDER BY a.way DESC) FROM answer AS a), '{10.00, 0.50}',
    'amounts have the decimals of the asset'
);
SELECT results_eq(
    'SELECT amount, balance_after, idempotency_key, actor FROM wallet.transaction '
    'WHERE kind = ''ADJUST'' ORDER BY seq',
    $$
        VALUES
        (10.00, 30.50, 'key-1', 'carol'),
        (-0.50, 30.00, 'key-2', 'carol')
    $$,
    'the transactions are kept with their signs, keys and actors'
);
SELECT results_eq(
    'SELECT entry_type, account, amount, balance_after FROM wallet.ledger_entry '
    'WHERE kind = ''ADJUST'' ORDER BY seq, entry',
    $$
        VALUES
        ('DEBIT', 'TREASURY', 10.00, NULL::numeric),
        ('CREDIT', 'USER', 10.00, 30.50),
        ('DEBIT', 'USER', 0.50, 30.00),
        ('CREDIT', 'TREASURY', 0.50, NULL::numeric)
    $$,
    'the treasury is on the other side of both'
);
SELECT is(
    (SELECT b.available FROM wallet.get_balance(:'alice', 'POINTS') AS b), 30.00,
    'the balance is corrected'
);
SELECT is(
    (SELECT t.outstanding FROM wallet.treasury('POINTS') AS t), 30.00,
    'and with it what is outstanding'
);

SELECT is(
    (wallet.adjust(:'alice', 'POINTS', -30, 'key-3', 'all', NULL, NULL)).balance, 0.00,
    'all of it can be taken'
);
SELECT throws_ok(
    format('SELECT wallet.adjust(%L, %L, -0.01, %L, %L)', :'alice', 'POINTS', 'key-4', 'more'),
    'WA401', 'the balance is too low', 'and no more'
);
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT is(
    (wallet.adjust(:'bob', 'RUBY', 3, 'key', 'ticket')).balance, 3::numeric,
    'it may be an asset that is younger than the user'
);
SELECT is(
    (wallet.adjust(:'bob', 'SILVER', 1e15, repeat('k', 255), 'ticket')).balance,
    1000000000000000::numeric, '10^15 can be corrected at once'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
