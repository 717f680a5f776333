BEGIN;
SELECT plan(5);
\ir ../../support/_books.sql

SELECT throws_ok(
    format('SELECT * FROM wallet.distribution(%s)', v.arguments), v.code, pg_temp.message(v.code),
    v.arguments
) FROM (
    VALUES
    ('NULL', 'WA101'),
    ('''NONE''', 'WA202'),
    ('''GOLD'', ''2026-01-02'', ''2026-01-01''', 'WA109'),
    ('''GOLD'', ''2025-01-01'', ''2026-01-02''', 'WA109')
) AS v (arguments, code);

-- As after the migration of a large ledger.
ALTER INDEX wallet_private.transfer_feed_position_idx RENAME TO another_idx;
SELECT throws_ok(
    'SELECT * FROM wallet.distribution(''GOLD'')', 'WA321', pg_temp.message('WA321'),
    'without the index that has to be made first'
);

SELECT * FROM finish();
ROLLBACK;
