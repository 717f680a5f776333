BEGIN;
SELECT plan(17);
\ir ../../support/_limits.sql

SELECT limit_id FROM wallet.create_limit(
    'spent', 'COIN', 'amount', 100, 'debit', p_period => 'day'
) \gset
SELECT limit_id FROM wallet.create_limit(
    'times', 'COIN', 'count', 3, 'debit', p_period => 'day'
) \gset

SELECT hold_id FROM wallet.place_hold(:'alice', 'COIN', 60, '1 hour', 'hold') \gset
SELECT is(pg_temp.left(:'alice'), 'spent: 40, times: 2', 'a hold counts');
SELECT throws_ok(
    format('SELECT wallet.place_hold(%L, ''COIN'', 41, ''1 hour'', ''hold-2'')', :'alice'),
    'WA412', pg_temp.message('WA412'), 'one more would pass the limit'
);
SELECT transaction_id AS capture FROM wallet.capture_hold(:'alice', :'hold_id', 45, 'capture') \gset
SELECT is(pg_temp.left(:'alice'), 'spent: 40, times: 2', 'a capture does not count again');
SELECT is((wallet.release_hold(:'alice', :'hold_id', 'release')).status, 'released', 'released');
SELECT is(pg_temp.left(:'alice'), 'spent: 55, times: 2', 'what was not captured is given back');
SELECT is(
    (wallet.reverse(:'alice', :'capture', 15, 'a refund', 'reversal')).amount, 15::numeric,
    'a part of the capture is taken back'
);
SELECT is(pg_temp.left(:'alice'), 'spent: 70, times: 2', 'it is given back too');
SELECT is(
    (wallet.reverse(:'alice', :'capture', NULL, 'a refund', 'reversal-2')).amount, 30::numeric,
    'all of it is taken back'
);
SELECT is(
    pg_temp.left(:'alice'), 'spent: 100, times: 3',
    'when all has been taken back, it is no movement any more'
);

-- A hold that ends by itself.
SELECT hold_id FROM wallet.place_hold(:'alice', 'COIN', 100, '1 second', 'short') \gset
SELECT is(pg_temp.left(:'alice'), 'spent: 0, times: 2', 'a short hold');
CALL pg_temp.let_pass('2 seconds');
SELECT is(
    pg_temp.left(:'alice'), 'spent: 100, times: 3', 'has expired, though nothing has closed it'
);
SELECT is(
    (wallet.spend(:'alice', 'COIN', 100, 'spend')).amount, 100::numeric,
    'and leaves all to the next movement'
);
SELECT is(
    (
        SELECT h.status FROM wallet.list_holds(:'alice') AS h
        WHERE h.hold_id = :'hold_id'
    ),
    'expired', 'which has closed it'
);
SELECT is(pg_temp.left(:'alice'), 'spent: 0, times: 2', 'all is used');
SELECT is(
    (
        SELECT u.more_at - u.more_at::date FROM wallet.list_limit_use(:'alice', 'COIN') AS u
        WHERE u.code = 'spent'
    ),
    interval '0', 'until the end of the day'
);

-- A day later. The old hold is of another day.
SELECT balance FROM wallet.topup(:'bob', 'COIN', 10, 'top') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'COIN', 1, '10 days', 'bob') \gset
CALL pg_temp.let_pass('1 day');
SELECT status FROM wallet.release_hold(:'bob', :'hold_id', 'released') \gset
SELECT is(pg_temp.left(:'bob'), 'spent: 100, times: 3', 'a release gives back to the day before');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
