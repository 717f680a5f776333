BEGIN;
SELECT plan(2);
\ir ../../support/_debtor.sql

SELECT throws_ok(
    format(
        'SELECT * FROM wallet.spend(%s)',
        format('%L, ''COIN'', 1, ''k''', :'bob')
    ),
    'WA414', pg_temp.message('WA414'), 'who owes is refused where the asset says so'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '10, owes 25', 'nothing has moved');

SELECT * FROM finish();
ROLLBACK;
