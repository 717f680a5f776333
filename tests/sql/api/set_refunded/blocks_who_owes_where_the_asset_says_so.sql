BEGIN;
SELECT plan(19);
\ir ../../support/_refunds.sql

SELECT is_debt_blocking FROM wallet.update_asset('COIN', p_is_debt_blocking => true) \gset
SELECT is(:'is_debt_blocking'::boolean, true, 'an asset in use can be set so');
SELECT item_id FROM wallet.create_item('hat', 'Hat', 'COIN', 1) \gset
SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'COIN', 30, 'pay') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'COIN', 10, '1 hour', 'hold') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 15, 'spend') \gset
SELECT pg_temp.notice(:'bob', :'paid', 30, 1, 'debt') AS owed \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '10, owes 25', 'ten are held');

SELECT throws_ok(
    format('SELECT * FROM wallet.%s', c.call), 'WA414', pg_temp.message('WA414'), c.description
) FROM (
    VALUES
    (format('spend(%L, ''COIN'', 1, ''k'')', :'bob'), 'no spend'),
    (format('buy_item(%L, %s, 1, NULL, ''k'')', :'bob', :'item_id'), 'no purchase'),
    (format('convert(%L, ''COIN'', ''STAR'', 10, ''k'')', :'bob'), 'no conversion'),
    (format('place_hold(%L, ''COIN'', 1, ''1 hour'', ''k'')', :'bob'), 'no hold'),
    (format('capture_hold(%L, %L, 1, ''k'')', :'bob', :'hold_id'), 'no capture')
) AS c (call, description);
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
