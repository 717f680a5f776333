BEGIN;
SELECT plan(9);
\ir ../../support/_limits.sql

-- An hour is a hundredth of 100 hours.
SELECT limit_id FROM wallet.create_limit(
    'earned', 'COIN', 'amount', 100, 'credit', '{BONUS,TASK}', p_rolling => interval '100 hours'
) \gset
SELECT limit_id FROM wallet.create_limit(
    'times', 'COIN', 'count', 2, 'credit', '{BONUS}', p_rolling => interval '1000 hours'
) \gset
SELECT is((wallet.bonus(:'bob', 'COIN', 70, 'bonus')).balance, 70::numeric, 'a bonus');
SELECT is(
    (wallet.topup(:'bob', 'COIN', 500, 'topup')).balance, 570::numeric, 'a topup is not limited'
);
CALL pg_temp.let_pass('50 hours');
SELECT is(pg_temp.left(:'bob'), 'earned: 30, times: 1', 'the bonus counts');
CALL pg_temp.let_pass('50 hours');
SELECT is(pg_temp.left(:'bob'), 'earned: 30, times: 1', 'as long as the limit looks back');
SELECT
    ok(
        (u.more_at - clock_timestamp()) BETWEEN interval '0' AND interval '1 hour',
        'and at most a hundredth of that longer'
    )
FROM wallet.list_limit_use(:'bob', 'COIN') AS u
WHERE u.code = 'earned';
CALL pg_temp.let_pass('10 hours');
SELECT is(pg_temp.left(:'bob'), 'earned: 100, times: 1', 'then it does not');
SELECT is((wallet.bonus(:'bob', 'COIN', 100, 'bonus-2')).amount, 100::numeric, 'the next one');
SELECT is(
    (
        pg_temp.refusal_of(format('SELECT wallet.bonus(%L, ''COIN'', 1, ''bonus-3'')', :'bob'))
    ).detail,
    'Limit times allows 2 movements in 3600000 seconds: 0 is left, 1 is needed.',
    'a limit by count'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
