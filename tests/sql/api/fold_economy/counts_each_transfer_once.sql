BEGIN;
SELECT plan(10);
\ir ../../support/_feed.sql

SELECT is(wallet.fold_economy(3), 3, 'as many as one wants');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound in the middle of it');
SELECT is(
    wallet.fold_economy(NULL)::bigint, (SELECT count(*) - 3 FROM wallet_private.transfer),
    'or all that are left'
);
SELECT is(wallet.fold_economy(), 0, 'then there is nothing');
SELECT is(
    (SELECT sum(d.transfers) FROM wallet_private.daily AS d),
    (SELECT count(*)::numeric FROM wallet_private.transfer), 'each was counted once'
);

-- A ledger that is older than the feed, with transfers that were brought over among it, and newer
-- ones.
CALL pg_temp.unlock();
UPDATE wallet_private.transfer SET feed_position = NULL;
UPDATE wallet_private.wallet SET feed_position = NULL;
CALL pg_temp.lock();
DELETE FROM wallet_private.daily;
DELETE FROM wallet_private.spread;
UPDATE wallet_private.fold
SET place = ROW(0, '00000000-0000-0000-0000-000000000000', 0, 0);
SELECT count(*) AS folded FROM wallet.fold_economy(4) \gset
SELECT count(*) AS made
FROM generate_series(1, 9) AS n
CROSS JOIN LATERAL wallet.create_user('old-' || n) \gset
SELECT count(*) AS lines FROM wallet_private.import_history(array(
    SELECT
        row(
            NULL, 'old-' || n, NULL, 'POINTS', 'BONUS', 1, '2026-01-01Z', NULL, NULL, NULL
        )::wallet_private.history_line
    FROM generate_series(1, 9) AS n
)) \gset
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound after the import');
SELECT cmp_ok(wallet.fold_economy(1000), '>', 5, 'older ones are counted too');
SELECT is(wallet.fold_economy(), 0, 'and no more');
SELECT is(
    (SELECT sum(d.transfers) FROM wallet_private.daily AS d),
    (SELECT count(*)::numeric FROM wallet_private.transfer), 'each was counted once'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
