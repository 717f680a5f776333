BEGIN;
SELECT plan(13);
\ir ../../support/_feed.sql

-- What is there is of today. A month ago Ulla moved something on three days.
SELECT user_id AS ulla FROM wallet.create_user('ulla') \gset
SELECT count(*) AS lines FROM wallet_private.import_history(ARRAY[
    (NULL, 'ulla', NULL, 'POINTS', 'TOPUP', 30, '2026-01-10T00:00:00Z', NULL, NULL, NULL),
    (NULL, 'ulla', NULL, 'POINTS', 'BONUS', 5, '2026-01-10T23:59:59.999999Z', NULL, NULL, NULL),
    (NULL, 'ulla', NULL, 'POINTS', 'SPEND', 12.5, '2026-01-11T00:00:00Z', NULL, NULL, NULL),
    (NULL, 'ulla', NULL, 'POINTS', 'SPEND', 2.5, '2026-01-13T12:00:00Z', NULL, NULL, NULL)
]::wallet_private.history_line[]) \gset
CREATE TEMPORARY TABLE expected AS
SELECT * FROM wallet.economy('2026-01-10', '2026-01-13', 'POINTS');
SELECT results_eq(
    'SELECT * FROM expected',
    $$
        VALUES
        ('POINTS', date '2026-01-10', 35.00, 0.00, 35.00,
            '{"TOPUP": "30.00", "BONUS": "5.00"}'::jsonb, '{}'::jsonb, 2::bigint, 1::bigint,
            1::bigint),
        ('POINTS', '2026-01-11', 0.00, 12.50, 22.50, '{}', '{"SPEND": "12.50"}', 1, 1, 0),
        ('POINTS', '2026-01-12', 0.00, 0.00, 22.50, '{}', '{}', 0, 0, 0),
        ('POINTS', '2026-01-13', 0.00, 2.50, 20.00, '{}', '{"SPEND": "2.50"}', 1, 1, 0)
    $$, 'each day by kind, with what users had at its end'
);
SELECT results_eq(
    $$ SELECT e.outstanding FROM wallet.economy('2026-02-01', '2026-02-01', 'POINTS') AS e $$,
    'VALUES (20.00)', 'what was before counts'
);
SELECT is_empty(
    $$
        SELECT * FROM wallet.economy('2026-01-09', '2026-01-09') AS e
        WHERE (e.outstanding, e.transfers) <> (0, 0)
    $$, 'there was nothing before the first'
);

-- Today is as the view says, which reads the whole ledger. Folded or not, it is the same.
CREATE FUNCTION pg_temp.today() RETURNS SETOF wallet.economy_day
LANGUAGE sql
AS $$
    SELECT e.* FROM wallet.economy(NULL, NULL, NULL) AS e
    WHERE e.day = (statement_timestamp() AT TIME ZONE 'UTC')::date
$$;
CREATE TEMPORARY TABLE today AS SELECT * FROM pg_temp.today();
SELECT results_eq(
    $$
        SELECT t.asset, t.issued, t.removed, t.outstanding FROM today AS t
        WHERE t.issued + t.removed > 0 ORDER BY t.asset
    $$,
    $$
        SELECT v.asset, v.issued, v.removed, v.outstanding FROM wallet.economy_daily AS v
        WHERE v.day = (statement_timestamp() AT TIME ZONE 'UTC')::date ORDER BY v.asset
    $$, 'today is what the ledger says'
);
SELECT results_eq(
    'SELECT t.transfers, t.movers, t.new_users FROM today AS t WHERE t.asset = ''GOLD''',
    $$
        SELECT count(*), count(DISTINCT t.user_id), count(*) FILTER (WHERE t.seq = 1)
        FROM wallet_private.transfer AS t
        INNER JOIN wallet_private.asset AS a ON t.asset_id = a.asset_id
        WHERE a.code = 'GOLD'
    $$, 'and who moved, holds among it'
);
SELECT cmp_ok((SELECT sum(t.transfers) FROM today AS t), '>', 10::numeric, 'that is something');
SELECT is(
    (SELECT count(*) FROM wallet.economy()), 30 * (SELECT count(*) FROM wallet.list_assets()),
    'each asset has a line for each of 30 days'
);
SELECT is(wallet.fold_economy(5), 5, 'some is folded');
SELECT results_eq('SELECT * FROM pg_temp.today()', 'SELECT * FROM today', 'it is the same');
SELECT cmp_ok(wallet.fold_economy(), '>', 5, 'the rest is folded');
SELECT results_eq('SELECT * FROM pg_temp.today()', 'SELECT * FROM today', 'it is still the same');
SELECT results_eq(
    $$ SELECT * FROM wallet.economy('2026-01-10', '2026-01-13', 'POINTS') $$,
    'SELECT * FROM expected', 'so is what was brought over'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
