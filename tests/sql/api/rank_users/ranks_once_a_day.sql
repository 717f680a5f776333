BEGIN;
SELECT plan(10);
\ir ../../support/_feed.sql

SELECT is(wallet.rank_users(), NULL, 'nothing was counted yet');
SELECT cmp_ok(wallet.fold_economy(), '>', 0, 'today is counted');
SELECT (statement_timestamp() AT TIME ZONE 'UTC')::date - 1 AS yesterday \gset
SELECT is(wallet.rank_users(), :'yesterday'::date, 'then yesterday is over');
SELECT is(wallet.rank_users(), NULL, 'once is enough');
SELECT is_empty('SELECT * FROM wallet.leaders(''GOLD'')', 'nobody has done anything by then');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

-- What is brought over is counted.
SELECT count(*) AS made
FROM generate_series(1, 25) AS n
CROSS JOIN LATERAL wallet.create_user('old-' || n) \gset
SELECT count(*) AS lines FROM wallet_private.import_history(array(
    SELECT
        row(
            NULL, 'old-' || n, NULL, 'POINTS', 'BONUS', n, :'yesterday'::timestamptz, NULL, NULL,
            NULL
        )::wallet_private.history_line
    FROM generate_series(1, 25) AS n
)) \gset
SELECT is_empty('SELECT * FROM wallet.leaders(''POINTS'')', 'and is not yet told');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound in between');
SELECT is(wallet.rank_users(), :'yesterday'::date, 'the day is ranked anew');
SELECT results_eq(
    'SELECT l.amount FROM wallet.leaders(''POINTS'', 7) AS l',
    'SELECT n::numeric FROM generate_series(25, 6, -1) AS n', 'the first 20 are told'
);

SELECT * FROM finish();
ROLLBACK;
