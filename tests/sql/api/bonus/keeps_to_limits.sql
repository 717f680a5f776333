BEGIN;
SELECT plan(3);
\ir ../../support/_limits.sql

SELECT format('SELECT wallet.bonus(%L, ''COIN'', 10, ''key'')', :'alice') AS call \gset
SELECT limit_id FROM wallet.create_limit(
    'period', 'COIN', 'amount', 5, 'credit', p_period => 'day'
) \gset
SELECT throws_ok(:'call', 'WA412', pg_temp.message('WA412'), 'beyond what a limit allows');
SELECT is_active FROM wallet.update_limit(:limit_id, p_is_active => false) \gset
SELECT limit_id FROM wallet.create_limit('cap', 'COIN', 'balance', 5) \gset
SELECT throws_ok(:'call', 'WA413', pg_temp.message('WA413'), 'more than a user may hold');
SELECT is_active FROM wallet.update_limit(:limit_id, p_is_active => false) \gset
SELECT lives_ok(:'call', 'without a limit it is allowed');

SELECT * FROM finish();
ROLLBACK;
