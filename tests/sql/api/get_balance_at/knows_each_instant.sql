BEGIN;
SELECT plan(12);
\ir ../../support/_books.sql

-- Bob's SILVER rises and falls by hundreds: 1 to 50, then down again in steps of 2.
CREATE TEMPORARY TABLE movement AS
SELECT
    i.n,
    r.created_at,
    r.balance
FROM generate_series(1, 75) AS i (n)
CROSS JOIN LATERAL wallet.adjust(
    :'bob', 'SILVER', CASE WHEN i.n <= 50 THEN 100 ELSE -200 END, 'key-' || i.n, 'why'
) AS r;
SELECT is(
    (SELECT array_agg(m.balance ORDER BY m.n DESC) FROM movement AS m)[1:2], '{0,200}',
    'all is gone again'
);

SELECT results_eq(
    format(
        'SELECT b.balance FROM movement AS m '
        'CROSS JOIN LATERAL wallet.get_balance_at(%L, %L, m.created_at) AS b ORDER BY m.n', :'bob',
        'SILVER'
    ),
    'SELECT m.balance FROM movement AS m ORDER BY m.n',
    'at the instant of each movement it is the balance after it'
);
SELECT results_eq(
    format(
        'SELECT b.balance FROM movement AS m CROSS JOIN LATERAL '
        'wallet.get_balance_at(%L, %L, m.created_at - interval ''1 microsecond'') AS b '
        'ORDER BY m.n',
        :'bob', 'SILVER'
    ),
    'SELECT lag(m.balance, 1, 0) OVER (ORDER BY m.n) FROM movement AS m ORDER BY m.n',
    'a microsecond before, that of the one before'
);
SELECT results_eq(
    format(
        'SELECT b.balance FROM ('
        'SELECT n, created_at + (lead(created_at) OVER (ORDER BY n) - created_at) / 2 AS at '
        'FROM movement) AS m CROSS JOIN LATERAL wallet.get_balance_at(%L, %L, m.at) AS b '
        'WHERE m.at IS NOT NULL ORDER BY m.n',
        :'bob', 'SILVER'
    ),
    'SELECT m.balance FROM movement AS m WHERE m.n < 75 ORDER BY m.n', 'and so it is in between'
);
SELECT is(
    (wallet.get_balance_at(:'bob', 'SILVER', v.at::timestamptz)).balance, 0::numeric,
    'nothing ' || v.at
) FROM (
    VALUES ('-infinity'), ('1970-01-01'), ('now'), ('tomorrow'), ('infinity')
) AS v (at);

SELECT is(
    (SELECT to_jsonb(b.*) FROM wallet.get_balance_at(:'alice', 'POINTS', 'infinity') AS b),
    (SELECT to_jsonb(b.*) FROM wallet.get_balance(:'alice', 'POINTS') AS b),
    'in the end it is what get_balance says'
);
SELECT results_eq(
    format(
        'SELECT balance, held, available FROM wallet.get_balance_at(%L, %L, %L)', :'alice',
        'POINTS', '2000-01-01'
    ),
    'VALUES (0.00, 0.00, 0.00)', 'before the first movement it is 0'
);
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', 2) \gset
SELECT is(
    (wallet.get_balance_at(:'bob', 'RUBY', 'infinity')).available, 0.00,
    'and where there never was one'
);

SELECT * FROM finish();
ROLLBACK;
