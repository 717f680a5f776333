BEGIN;
SELECT plan(6);
\ir ../../support/_economy.sql

SELECT is(
    (wallet.adjust(v.user_id, 'SILVER', v.amount, 'key' || v.amount, 'ticket')).balance,
    v.balance::numeric, v.description
) FROM (
    VALUES
    (:'frozen'::uuid, 5, 105, 'a credit to a frozen account'),
    (:'frozen', -100, 5, 'a debit from a frozen account'),
    (:'closed', 5, 105, 'a credit to a closed account'),
    (:'closed', -105, 0, 'a debit from a closed account')
) AS v (user_id, amount, balance, description);

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT is(
    (wallet.adjust(:'closed', 'RUBY', 1, 'ruby', 'ticket')).balance, 1::numeric,
    'a credit of an asset that is younger than the account'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
