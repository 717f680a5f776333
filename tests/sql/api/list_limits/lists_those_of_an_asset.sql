BEGIN;
SELECT plan(4);
\ir ../../support/_limits.sql

SELECT limit_id FROM wallet.create_limit(
    'one', 'COIN', 'amount', 1, 'debit', p_period => 'day'
) \gset
SELECT limit_id FROM wallet.create_limit('two', 'STAR', 'balance', 1) \gset
SELECT limit_id FROM wallet.create_limit('three', 'COIN', 'balance', 1) \gset
SELECT is_active FROM wallet.update_limit(:limit_id, p_is_active => false) \gset

SELECT results_eq(
    'SELECT code, is_active FROM wallet.list_limits()',
    $$ VALUES ('one', true), ('two', true), ('three', false) $$, 'all by id, inactive ones too'
);
SELECT results_eq(
    'SELECT code FROM wallet.list_limits(''COIN'')', ARRAY['one', 'three'], 'those of an asset'
);
SELECT is_empty('SELECT * FROM wallet.list_limits(''GOLD'')', 'an asset without');
SELECT throws_ok(
    'SELECT * FROM wallet.list_limits(''NONE'')', 'WA202', pg_temp.message('WA202'),
    'an unknown asset'
);

SELECT * FROM finish();
ROLLBACK;
