BEGIN;
SELECT plan(2);
\ir ../../support/_limits.sql

SELECT item_id FROM wallet.create_item('hat', 'Hat', 'COIN', 10) \gset
SELECT format('SELECT wallet.buy_item(%L, %s, 1, 10, ''key'')', :'alice', :item_id) AS call \gset
SELECT limit_id FROM wallet.create_limit(
    'period', 'COIN', 'amount', 5, 'debit', p_period => 'day'
) \gset
SELECT throws_ok(:'call', 'WA412', pg_temp.message('WA412'), 'beyond what a limit allows');
SELECT is_active FROM wallet.update_limit(:limit_id, p_is_active => false) \gset
SELECT lives_ok(:'call', 'without a limit it is allowed');

SELECT * FROM finish();
ROLLBACK;
