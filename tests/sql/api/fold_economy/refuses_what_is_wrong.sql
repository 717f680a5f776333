BEGIN;
SELECT plan(4);
\ir ../../support/_books.sql

SELECT throws_ok(
    format('SELECT wallet.fold_economy(%s)', v.size), 'WA109', pg_temp.message('WA109'),
    v.size::text
) FROM (VALUES (0), (-1), (100001)) AS v (size);

-- As after the migration of a large ledger.
ALTER INDEX wallet_private.transfer_feed_position_idx RENAME TO another_idx;
SELECT throws_ok(
    'SELECT wallet.fold_economy()', 'WA321', pg_temp.message('WA321'),
    'without the index that has to be made first'
);

SELECT * FROM finish();
ROLLBACK;
