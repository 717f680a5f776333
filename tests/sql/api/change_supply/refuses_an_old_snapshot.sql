BEGIN;
SET LOCAL transaction_isolation = 'repeatable read';
SELECT plan(2);
\ir ../../support/_books.sql

SELECT throws_ok(
    'SELECT wallet.change_supply(''POINTS'', 1000)',
    'WA502', 'this is not allowed here', 'what was issued since might not be counted'
);
SELECT is(
    (
        SELECT a.supply FROM wallet.list_assets() AS a
        WHERE a.asset = 'POINTS'
    ), NULL, 'there is no cap'
);

SELECT * FROM finish();
ROLLBACK;
