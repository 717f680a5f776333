BEGIN;
SELECT plan(14);
\ir ../../support/_books.sql

-- Of 20.50 POINTS 10 are held for an hour; captured in two parts, 2 and 3; then released.
-- In another hold 1 is left to expire.
SELECT
    hold_id,
    created_at AS placed_at
FROM wallet.place_hold(:'alice', 'POINTS', 10, '1 hour', 'hold') \gset
SELECT created_at AS first_at FROM wallet.capture_hold(:'alice', :'hold_id', 2, 'key-1') \gset
SELECT created_at AS second_at FROM wallet.capture_hold(:'alice', :'hold_id', 3, 'key-2') \gset
SELECT
    hold_id AS other,
    created_at AS other_at
FROM wallet.place_hold(:'alice', 'POINTS', 1, '1 minute', 'other') \gset
SELECT status FROM wallet.release_hold(:'alice', :'hold_id', 'key-3') \gset
SELECT max(created_at) AS released_at FROM wallet_private.transfer \gset

CREATE TEMPORARY TABLE expected AS
SELECT
    v.at::timestamptz + v.after AS at,
    v.description,
    v.balance,
    v.held,
    v.balance - v.held AS available
FROM (
    VALUES
    (:'placed_at', interval '-1 microsecond', 'just before it is placed', 20.50, 0.00),
    (:'placed_at', '0', 'when it is placed', 20.50, 10.00),
    (:'first_at', '-1 microsecond', 'before the first capture', 20.50, 10.00),
    (:'first_at', '0', 'at the first capture', 18.50, 8.00),
    (:'second_at', '-1 microsecond', 'before the second capture', 18.50, 8.00),
    (:'second_at', '0', 'at the second capture', 15.50, 5.00),
    (:'other_at', '-1 microsecond', 'before another is placed', 15.50, 5.00),
    (:'other_at', '0', 'when another is placed', 15.50, 6.00),
    (:'released_at', '-1 microsecond', 'before the first is released', 15.50, 6.00),
    (:'released_at', '0', 'when it is released', 15.50, 1.00),
    (:'other_at', '1 minute -1 microsecond', 'before the other expires', 15.50, 1.00),
    (:'other_at', '1 minute', 'when it expires', 15.50, 0.00)
) AS v (at, after, description, balance, held);
SELECT results_eq(
    format(
        'SELECT balance, held, available FROM wallet.get_balance_at(%L, %L, %L)', :'alice',
        'POINTS', e.at
    ),
    format('VALUES (%s, %s, %s)', e.balance, e.held, e.available), e.description
) FROM expected AS e;

-- Whether it has been tidied away makes no difference.
CALL pg_temp.let_pass('1 hour');
SELECT is(wallet.expire_holds(), 1::bigint, 'the other one is tidied away');
SELECT results_eq(
    format(
        'SELECT b.balance, b.held, b.available FROM expected AS e CROSS JOIN LATERAL '
        'wallet.get_balance_at(%L, %L, e.at - interval ''1 hour'') AS b', :'alice', 'POINTS'
    ),
    'SELECT e.balance, e.held, e.available FROM expected AS e', 'which changes nothing of the past'
);

SELECT * FROM finish();
ROLLBACK;
