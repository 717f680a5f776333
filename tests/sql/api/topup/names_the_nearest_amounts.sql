BEGIN;
SELECT plan(6);
\ir ../../support/_economy.sql

SELECT is(
    (
        pg_temp.refusal_of(
            format('SELECT wallet.topup(%L, %L, %s, %L)', :'bob', v.asset, v.amount, 'key')
        )
    ).detail, v.detail, 'the detail says what is wrong with ' || v.amount
) FROM (
    VALUES
    ('SILVER', '2.5', 'amount is 2.5; SILVER has 0 decimals.'),
    ('POINTS', '2.505', 'amount is 2.505; POINTS has 2 decimals.')
) AS v (asset, amount, detail);

SELECT is(
    (
        pg_temp.refusal_of(
            format('SELECT wallet.topup(%L, %L, %s, %L)', :'bob', v.asset, v.amount, 'key')
        )
    ).hint, v.hint, 'the hint has what can be had near ' || v.amount
) FROM (
    VALUES
    ('SILVER', '2.5', 'Nearest: 2 or 3.'),
    ('SILVER', '0.5', 'Nearest: 1.'),
    ('POINTS', '2.505', 'Nearest: 2.50 or 2.51.'),
    ('POINTS', '0.001', 'Nearest: 0.01.')
) AS v (asset, amount, hint);

SELECT * FROM finish();
ROLLBACK;
