BEGIN;
SELECT plan(20);
\ir ../../support/_limits.sql

SELECT limit_id AS cap FROM wallet.create_limit('cap', 'COIN', 'balance', 100) \gset
SELECT transaction_id AS first FROM wallet.topup(:'bob', 'COIN', 90, 'topup') \gset
SELECT is(pg_temp.left(:'bob'), 'cap: 10', '90 of 100 are held');
SELECT format('SELECT wallet.bonus(%L, ''COIN'', 25, ''bonus'')', :'bob') AS bonus \gset
SELECT throws_ok(:'bonus', 'WA413', pg_temp.message('WA413'), 'too much is refused');
SELECT is(
    (pg_temp.refusal_of(:'bonus')).detail,
    'Limit cap lets a user hold 100 COIN: 10 more fits, 25 is too much.', 'the detail says how much'
);
SELECT throws_ok(
    format('SELECT wallet.topup(%L, ''COIN'', 1, ''key'')', :'alice'), 'WA413',
    pg_temp.message('WA413'), 'who has too much already gets no more'
);
SELECT throws_ok(
    format('SELECT wallet.convert(%L, ''STAR'', ''COIN'', 1, ''key'')', :'alice'), 'WA413',
    pg_temp.message('WA413'), 'a conversion is a credit too'
);
SELECT is(
    (wallet.adjust(:'alice', 'COIN', 5, 'adjust', 'a fault')).balance, 1005::numeric,
    'a correction is not limited'
);

-- Gifts are clipped.
SELECT is_clipping FROM wallet.update_limit(:cap, p_is_clipping => true) \gset
SELECT is((wallet.bonus(:'bob', 'COIN', 25, 'bonus')).amount, 10::numeric, 'the receipt tells');
SELECT is((wallet.bonus(:'bob', 'COIN', 25, 'bonus')).is_replay, true, 'the same request again');
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, ''COIN'', 10, ''bonus'')', :'bob'), 'WA301',
    pg_temp.message('WA301'), 'is not one for what was credited'
);
SELECT is(
    (
        SELECT t.details #>> '{result,clipped}' FROM wallet.transaction AS t
        WHERE t.idempotency_key = 'bonus'
    ),
    '15', 'the ledger says how much did not fit'
);
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, ''COIN'', 1, ''full'')', :'bob'), 'WA413',
    pg_temp.message('WA413'), 'when nothing fits it is refused'
);
SELECT balance FROM wallet.spend(:'bob', 'COIN', 20, 'spend') \gset
SELECT throws_ok(
    format('SELECT wallet.topup(%L, ''COIN'', 21, ''paid'')', :'bob'), 'WA413',
    pg_temp.message('WA413'), 'what is paid for is not clipped'
);
SELECT task_id FROM wallet.create_task('visit', 'Visit', 'COIN', 30) \gset
SELECT is((wallet.complete_task(:'bob', :task_id, 'task')).amount, 20::numeric, 'a task is');
SELECT
    is(
        (wallet.reverse(:'bob', t.transaction_id, NULL, 'a refund', 'reversal')).balance,
        120::numeric,
        'what a user has spent comes back, even beyond the limit'
    )
FROM wallet.transaction AS t
WHERE t.idempotency_key = 'spend';
SELECT is(pg_temp.left(:'bob'), 'cap: 0', 'nothing more fits');
SELECT campaign FROM wallet.create_campaign('gift', 'COIN', 1000) \gset
SELECT balance FROM wallet.spend(:'bob', 'COIN', 60, 'spend-2') \gset
SELECT is(
    (SELECT (g.users, g.amount, g.replays)::text FROM wallet.grant_batch('gift', ARRAY[
        ROW(:'bob', NULL, NULL, 50, NULL)
    ]::wallet.grant_request[]) AS g),
    '(1,40,0)', 'a campaign''s grant is clipped'
);
SELECT is(
    (SELECT (g.users, g.amount, g.replays)::text FROM wallet.grant_batch('gift', ARRAY[
        ROW(:'bob', NULL, NULL, 50, NULL)
    ]::wallet.grant_request[]) AS g),
    '(0,0,1)', 'and it was paid when it comes again'
);

-- Two clipping limits: the lower one clips, and both say what the user holds then.
SELECT limit_id FROM wallet.create_limit(
    'lower', 'COIN', 'balance', 70, p_is_clipping => true, p_kinds => '{BONUS}'
) \gset
SELECT balance FROM wallet.spend(:'bob', 'COIN', 50, 'spend-3') \gset
SELECT is((wallet.bonus(:'bob', 'COIN', 99, 'two')).amount, 20::numeric, 'the lower limit clips');
SELECT is((wallet.topup(:'bob', 'COIN', 30, 'topup-2')).amount, 30::numeric, 'only its kinds');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
