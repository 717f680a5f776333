BEGIN;
SELECT plan(6);
\ir ../../support/_books.sql

-- 40 SILVER become 60 POINTS, each of them 1.50. Of these 56.50 go.
SELECT rate_id FROM wallet.set_conversion_rate('SILVER', 'POINTS', 4, 6) \gset
SELECT balance FROM wallet.bonus(:'bob', 'SILVER', 40, 'silver') \gset
SELECT transaction_id FROM wallet.convert(:'bob', 'SILVER', 'POINTS', 40, 'conversion') \gset
SELECT balance FROM wallet.spend(:'bob', 'POINTS', 56.50, 'spend') \gset

SELECT throws_ok(
    format('SELECT wallet.reverse(%L, %L, 3, %L, %L)', :'bob', :'transaction_id', 'why', 'key'),
    'WA401', 'the balance is too low', 'what is spent can''t be taken'
);
SELECT results_eq(
    format('SELECT asset, balance FROM wallet.list_balances(%L) WHERE balance > 0', :'bob'),
    'VALUES (''POINTS'', 3.50)', 'then neither side moves'
);
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance, r.counter_amount, r.counter_balance, r.shortfall '
        'FROM wallet.reverse(%L, %L, 40, %L, %L, %L) AS r', :'bob', :'transaction_id', 'why',
        'key', 'clamp'
    ),
    'VALUES (2::numeric, 2::numeric, 3.00, 0.50, 38::numeric)',
    'clamp takes what comes out even of what is there'
);
SELECT throws_ok(
    format(
        'SELECT wallet.reverse(%L, %L, NULL, %L, %L, %L)', :'bob', :'transaction_id', 'why',
        'key-2', 'clamp'
    ),
    'WA401', 'the balance is too low', 'of less than one step nothing is taken'
);
SELECT balance FROM wallet.bonus(:'bob', 'POINTS', 100, 'points') \gset
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance, r.counter_amount, r.counter_balance, r.shortfall '
        'FROM wallet.reverse(%L, %L, NULL, %L, %L, %L) AS r', :'bob', :'transaction_id', 'why',
        'key-2', 'clamp'
    ),
    'VALUES (38::numeric, 40::numeric, 57.00, 43.50, 0::numeric)', 'and no more than is left'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
