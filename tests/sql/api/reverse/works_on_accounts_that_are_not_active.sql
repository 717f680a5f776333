BEGIN;
SELECT plan(6);
\ir ../../support/_books.sql

-- :'frozen' and :'closed' have 100 SILVER each, by a bonus.
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance FROM wallet.transaction AS t '
        'CROSS JOIN LATERAL wallet.reverse(t.user_id, t.transaction_id, 30, %L, %L) AS r '
        'WHERE t.user_id = %L AND t.asset = %L',
        'a fraud', 'key', v.user_id, 'SILVER'
    ),
    'VALUES (30::numeric, 70::numeric)', format('a credit of a %s account', v.status)
) FROM (
    VALUES (:'frozen', 'frozen'), (:'closed', 'closed')
) AS v (user_id, status);

-- And of an asset that is archived, which alice has 10 of.
SELECT transaction_id FROM wallet.transaction AS t
WHERE t.asset = 'COPPER' \gset
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', 4, 'a fraud', 'key')).balance, 6::numeric,
    'a credit of an archived asset'
);

SELECT transaction_id FROM wallet.spend(:'alice', 'GOLD', 60, 'spend') \gset
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', NULL, 'a mistake', 'key-2')).balance,
    100::numeric, 'a debit of a frozen account'
);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 1, %L)', :'alice', 'GOLD', 'spend-2'), 'WA501',
    'the account is not active', 'which stays frozen'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
