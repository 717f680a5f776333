BEGIN;
SELECT plan(2);
\ir ../../support/_books.sql

SELECT count(*) AS rates FROM (
    VALUES
    ('POINTS', 'GOLD', 1, 1),
    ('GOLD', 'POINTS', 1, 0.5),
    ('SILVER', 'GOLD', 60, 1),
    ('POINTS', 'SILVER', 2, 1),
    ('POINTS', 'GOLD', 3, 1)
) AS v (from_asset, to_asset, from_amount, to_amount)
CROSS JOIN LATERAL wallet.set_conversion_rate(
    v.from_asset, v.to_asset, v.from_amount, v.to_amount
) \gset
SELECT results_eq(
    'SELECT r.from_asset, r.to_asset, r.from_amount, r.to_amount '
    'FROM wallet.list_conversion_rates() AS r',
    $$
        VALUES
        ('GOLD', 'POINTS', 1::numeric, 0.50),
        ('POINTS', 'GOLD', 3.00, 1),
        ('POINTS', 'SILVER', 2.00, 1),
        ('SILVER', 'GOLD', 60, 1)
    $$,
    'the present rate of each pair, by codes'
);
SELECT is(
    (
        SELECT count(*) FROM wallet.list_conversion_rates() AS r
        WHERE r.rate_id IS NULL OR r.created_at > clock_timestamp()
    ),
    0::bigint, 'each with its id and time'
);

SELECT * FROM finish();
ROLLBACK;
