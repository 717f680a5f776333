BEGIN;
SELECT plan(11);
\ir ../../support/_feed.sql

-- Four users in January with 1, 2, 3 and 4, of whom one spends all of it and one gets more.
SELECT count(*) AS made
FROM generate_series(1, 4) AS n
CROSS JOIN LATERAL wallet.create_user('u-' || n) \gset
CREATE FUNCTION pg_temp.bring(VARIADIC p_lines wallet_private.history_line[]) RETURNS void
LANGUAGE sql
AS $$ SELECT wallet_private.import_history(p_lines) $$;
SELECT count(*) AS brought FROM pg_temp.bring(
    (NULL, 'u-1', NULL, 'COPPER', 'BONUS', 1, '2026-01-10T00:00:00Z', NULL, NULL, NULL),
    (NULL, 'u-2', NULL, 'COPPER', 'BONUS', 2, '2026-01-10T00:00:00Z', NULL, NULL, NULL),
    (NULL, 'u-3', NULL, 'COPPER', 'BONUS', 3, '2026-01-10T23:59:59Z', NULL, NULL, NULL),
    (NULL, 'u-4', NULL, 'COPPER', 'BONUS', 9, '2026-01-10T08:00:00Z', NULL, NULL, NULL),
    (NULL, 'u-4', NULL, 'COPPER', 'SPEND', 5, '2026-01-10T09:00:00Z', NULL, NULL, NULL),
    (NULL, 'u-4', NULL, 'COPPER', 'SPEND', 4, '2026-01-11T00:00:00Z', NULL, NULL, NULL),
    (NULL, 'u-3', NULL, 'COPPER', 'BONUS', 97, '2026-01-13T00:00:00Z', NULL, NULL, NULL),
    (NULL, 'u-2', NULL, 'COPPER', 'BONUS', 105, '2026-01-13T00:00:00Z', NULL, NULL, NULL)
) \gset
CREATE TEMPORARY TABLE expected AS
SELECT * FROM wallet.distribution('COPPER', '2026-01-09', '2026-01-13');
SELECT results_eq(
    'SELECT * FROM expected',
    $$
        VALUES
        ('COPPER', date '2026-01-09', 0::bigint, NULL::numeric, NULL::numeric, NULL::numeric,
            NULL::numeric),
        -- 1 2 3 4: (-3 * 1 - 1 * 2 + 1 * 3 + 3 * 4) / (4 * 10)
        ('COPPER', '2026-01-10', 4, 2.50, 2, 0.4000, 0.2500),
        -- 1 2 3: (-2 * 1 + 2 * 3) / (3 * 6)
        ('COPPER', '2026-01-11', 3, 2, 2, 0.5, 0.2222),
        ('COPPER', '2026-01-12', 3, 2, 2, 0.5, 0.2222),
        -- 1 100 107, the last two as 103.5 each: (-2 * 1 + 2 * 103.5) / (3 * 208)
        ('COPPER', '2026-01-13', 3, 69.33, 103.50, 0.4976, 0.3285)
    $$, 'each day as it was at its end; zero is no balance'
);

-- 250 users with 1 and 3 with 100: the richest 1 % are three.
SELECT count(*) AS made
FROM generate_series(1, 253) AS n
CROSS JOIN LATERAL wallet.create_user('v-' || n) \gset
SELECT asset FROM wallet.create_asset('IRON', 'Iron') \gset
SELECT count(*) AS brought FROM wallet_private.import_history(array(
    SELECT
        row(
            NULL, 'v-' || n, NULL, 'IRON', 'BONUS', CASE WHEN n <= 250 THEN 1 ELSE 100 END,
            '2026-01-01Z', NULL, NULL, NULL
        )::wallet_private.history_line
    FROM generate_series(1, 253) AS n
)) \gset
SELECT results_eq(
    $$
        SELECT d.holders, d.average, d.median, d.top_share, d.gini
        FROM wallet.distribution('IRON', '2026-01-01', '2026-01-01') AS d
    $$,
    -- The Lorenz curve is at 250 of 550 at 250 of 253.
    $$
        VALUES (
            253::bigint, 2.17, 1.00, round(300 / 550.0, 4), round(250 / 253.0 - 250 / 550.0, 4)
        )
    $$, 'a few have most'
);

-- What is there is of today. Folded or not, it is the same.
CREATE FUNCTION pg_temp.today() RETURNS SETOF wallet.distribution_day
LANGUAGE sql
AS $$
    SELECT d.* FROM wallet.list_assets() AS a
    CROSS JOIN LATERAL wallet.distribution(
        a.asset, (statement_timestamp() AT TIME ZONE 'UTC')::date
    ) AS d
$$;
CREATE TEMPORARY TABLE today AS SELECT * FROM pg_temp.today();
SELECT results_eq(
    'SELECT t.holders, t.average FROM today AS t WHERE t.asset = ''GOLD''',
    $$
        SELECT count(*), round(avg(w.balance), 2)
        FROM wallet_private.wallet AS w
        INNER JOIN wallet_private.asset AS a ON w.asset_id = a.asset_id
        WHERE a.code = 'GOLD' AND w.balance > 0
    $$, 'today is what wallets have'
);
SELECT is(wallet.fold_economy(5), 5, 'some is folded');
SELECT results_eq('SELECT * FROM pg_temp.today()', 'SELECT * FROM today', 'it is the same');
SELECT cmp_ok(wallet.fold_economy(), '>', 5, 'the rest is folded');
SELECT results_eq('SELECT * FROM pg_temp.today()', 'SELECT * FROM today', 'it is still the same');
SELECT results_eq(
    $$ SELECT * FROM wallet.distribution('COPPER', '2026-01-09', '2026-01-13') $$,
    'SELECT * FROM expected', 'so is what was brought over'
);
SELECT is(
    (SELECT count(*) FROM wallet.distribution('GOLD')), 30::bigint, 'it is 30 days by default'
);
SELECT set_eq(
    $$
        SELECT wallet_private.balance_step(b.balance)
        FROM unnest(ARRAY[
            0.00000012, 0.00000001, 0.099, 1.06, 7, 99, 999.5, 1000, 999999999999999.99999999
        ]) AS b (balance)
    $$,
    ARRAY[
        0.00000012, 0.00000001, 0.099, 1, 7, 99, 990, 1000, 990000000000000
    ], 'a step is two digits'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
