BEGIN;
SELECT plan(2);
\ir ../../support/_proposals.sql

SELECT is_empty('SELECT * FROM wallet.list_thresholds()', 'there is none at first');
SELECT count(*) AS thresholds FROM (
    VALUES ('bonus', 'SILVER', 5), ('adjust', 'POINTS', 0), ('bonus', 'GOLD', 50)
) AS v (function, asset, most)
CROSS JOIN LATERAL wallet.set_threshold(v.function, v.asset, v.most) \gset
SELECT results_eq(
    'SELECT * FROM wallet.list_thresholds()',
    $$
        VALUES
        ('adjust', 'POINTS', 0::numeric), ('bonus', 'GOLD', 50), ('bonus', 'SILVER', 5)
    $$, 'by function and asset'
);

SELECT * FROM finish();
ROLLBACK;
