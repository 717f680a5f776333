BEGIN;
SELECT plan(12);
\ir ../../support/_debtor.sql

SELECT is(
    pg_temp.refusal_of(format('SELECT * FROM wallet.spend(%L, ''COIN'', 1, ''k'')', :'bob')),
    (
        'WA414', 'the user is in debt', format('User %s owes 25 COIN.', :'bob'),
        'Credits repay it first. An operator can forgive it with wallet.forgive_debt.'
    )::pg_temp.refusal,
    'it says what is owed'
);
SELECT is(
    (SELECT b.code FROM wallet.post_batch(ARRAY[
        (:'bob', 'SPEND', 'COIN', 1, 'k', NULL, NULL)
    ]::wallet.request[]) AS b), 'WA414', 'nor in a batch'
);
SELECT is(
    (SELECT s.is_replay FROM wallet.spend(:'bob', 'COIN', 15, 'spend') AS s), true,
    'a retry gets its receipt'
);
SELECT is(
    (SELECT a.amount FROM wallet.adjust(:'bob', 'COIN', 5, 'a', 'a correction') AS a), 5::numeric,
    'credits go through'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '10, owes 20', 'and repay');
SELECT amount FROM wallet.bonus(:'bob', 'SILVER', 1, 'b') \gset
SELECT is((wallet.spend(:'bob', 'SILVER', 1, 's')).amount, 1::numeric, 'other assets are free');
-- What an expired hold frees repays before anything is refused.
SELECT transaction_id AS more FROM wallet.topup(:'bob', 'COIN', 12, 'pay-2') \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '10, owes 8', 'less is owed');
CALL pg_temp.let_pass('2 hours');
SELECT is((wallet.spend(:'bob', 'COIN', 2, 'after')).balance, 0::numeric, 'the hold has expired');
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 0', 'and repaid');

-- In an asset that does not block, what is held can be captured.
SELECT is_debt_blocking FROM wallet.update_asset('COIN', p_is_debt_blocking => false) \gset
SELECT amount FROM wallet.topup(:'bob', 'COIN', 5, 'pay-3') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'COIN', 5, '1 hour', 'hold-2') \gset
SELECT pg_temp.notice(:'bob', :'more', 12, 1, 'debt') AS owed \gset
SELECT is(
    (SELECT c.amount FROM wallet.capture_hold(:'bob', :'hold_id', 5, 'c') AS c), 5::numeric,
    'a capture goes through'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 12', 'and the debt stays');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
