BEGIN;
SELECT plan(27);
\ir ../../support/_economy.sql

-- Of 3 SILVER for 2.50 POINTS there is nothing smaller, but 100 SILVER for 1.00000000 TINY are
-- also 1 for 0.01000000.
SELECT count(*) AS assets FROM (
    VALUES ('BULK', 0), ('TENTH', 1), ('TINY', 8), ('WHOLE', 0)
) AS v (code, scale)
CROSS JOIN LATERAL wallet.create_asset(v.code, initcap(v.code), v.scale) \gset
SELECT count(*) AS rates FROM (
    VALUES
    ('SILVER', 'POINTS', 3, 2.50),
    ('POINTS', 'WHOLE', 0.75, 2),
    ('WHOLE', 'TENTH', 7, 0.3),
    ('TENTH', 'TINY', 100, 0.00000003),
    ('SILVER', 'TINY', 100, 1),
    ('TINY', 'BULK', 0.00000001, 1000000)
) AS v (from_asset, to_asset, from_amount, to_amount)
CROSS JOIN LATERAL wallet.set_conversion_rate(
    v.from_asset, v.to_asset, v.from_amount, v.to_amount
) \gset
SELECT count(*) AS balances FROM (
    VALUES ('SILVER'), ('POINTS'), ('WHOLE'), ('TENTH'), ('TINY')
) AS v (asset)
CROSS JOIN LATERAL wallet.bonus(:'bob', v.asset, 1000000, v.asset) \gset

SELECT results_eq(
    format(
        'SELECT from_amount, to_amount FROM wallet.convert(%L, %L, %L, %s, %L)', :'bob',
        v.from_asset, v.to_asset, v.from_amount, format('%s to %s', v.from_amount, v.to_asset)
    ),
    format('VALUES (%s::numeric, %s::numeric)', v.from_amount, v.to_amount),
    format('%s %s make %s %s', v.from_amount, v.from_asset, v.to_amount, v.to_asset)
) FROM (
    VALUES
    ('SILVER', '50', 'GOLD', '1'),
    ('SILVER', '100', 'GOLD', '2'),
    ('SILVER', '3', 'POINTS', '2.50'),
    ('SILVER', '9', 'POINTS', '7.50'),
    ('POINTS', '0.75', 'WHOLE', '2'),
    ('POINTS', '3.00', 'WHOLE', '8'),
    ('WHOLE', '7', 'TENTH', '0.3'),
    ('TENTH', '100.0', 'TINY', '0.00000003'),
    ('SILVER', '1', 'TINY', '0.01000000'),
    ('TINY', '0.00000003', 'BULK', '3000000')
) AS v (from_asset, from_amount, to_asset, to_amount);
SELECT is(
    (
        SELECT ARRAY[r.from_amount, r.from_balance, r.to_amount, r.to_balance]::text[]
        FROM wallet.convert(:'alice', 'POINTS', 'WHOLE', 1.5, 'key') AS r
    ),
    '{1.50, 19.00, 4, 4}'::text[], 'amounts have the decimals of their asset'
);

SELECT is(
    pg_temp.refusal_of(
        format(
            'SELECT wallet.convert(%L, %L, %L, %s, %L)', :'bob', v.from_asset, v.to_asset,
            v.amount, 'key'
        )
    ),
    (
        'WA107', 'the amount does not convert exactly',
        format(
            '%s %s is not a multiple of %s, the least that comes out even.', v.amount,
            v.from_asset, v.step
        ),
        format('Nearest: %s.', v.nearest)
    )::pg_temp.refusal,
    format('%s %s have no exact value in %s', v.amount, v.from_asset, v.to_asset)
) FROM (
    VALUES
    ('SILVER', 'GOLD', '75', '50', '50 or 100'),
    ('SILVER', 'GOLD', '51', '50', '50 or 100'),
    ('SILVER', 'GOLD', '99', '50', '50 or 100'),
    ('SILVER', 'GOLD', '149', '50', '100 or 150'),
    ('SILVER', 'GOLD', '1', '50', '50'),
    ('SILVER', 'GOLD', '49', '50', '50'),
    ('SILVER', 'POINTS', '4', '3', '3 or 6'),
    ('POINTS', 'WHOLE', '0.76', '0.75', '0.75 or 1.50'),
    ('POINTS', 'WHOLE', '0.37', '0.75', '0.75'),
    ('WHOLE', 'TENTH', '6', '7', '7'),
    ('TENTH', 'TINY', '33.3', '100.0', '100.0')
) AS v (from_asset, to_asset, amount, step, nearest);
SELECT lives_ok(
    format('SELECT wallet.convert(%L, %L, %L, %s, %L)', :'bob', 'SILVER', 'GOLD', amount, key),
    amount || ', which a hint has named, does convert'
) FROM (
    VALUES ('50', 'nearest-1'), ('100', 'nearest-2'), ('150', 'nearest-3')
) AS v (amount, key);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'bob', 'SILVER') AS b), 999537::numeric,
    'refusals took nothing'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
