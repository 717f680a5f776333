BEGIN;
SELECT plan(14);
\ir ../../support/_refunds.sql

SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'COIN', 100, 'pay') \gset
SELECT amount FROM wallet.reverse(:'bob', :'paid', 30, 'a complaint', 'r-1') \gset
SELECT is(pg_temp.notice(:'bob', :'paid', 60, 1), 'taken 60', 'beside a reversal');
SELECT is(
    pg_temp.notice(:'bob', :'paid', 100, 2), 'taken 10', 'no more than what that has left'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 0', 'all is taken back');
SELECT throws_ok(
    format('SELECT * FROM wallet.reverse(%L, %L, NULL, ''r'', ''r-2'')', :'bob', :'paid'),
    'WA408', pg_temp.message('WA408'), 'nothing is left to reverse'
);
SELECT is(pg_temp.notice(:'bob', :'paid', 0, 3), 'given_back 70', 'the refund is undone');
SELECT is(pg_temp.state(:'bob', 'COIN'), '70, owes 0', 'the reversal is not');
SELECT is(
    (SELECT r.amount FROM wallet.reverse(:'bob', :'paid', NULL, 'all', 'r-3') AS r),
    70::numeric, 'what was given back can be reversed'
);
SELECT is(pg_temp.notice(:'bob', :'paid', 100, 4), 'taken 0', 'and nothing is left to refund');
SELECT is(
    (
        SELECT r.taken::numeric FROM wallet_private.refund AS r
        WHERE r.user_id = :'bob'
        ORDER BY r.signed_at DESC
        LIMIT 1
    ), 0::numeric, 'the refund has taken nothing'
);
SELECT is(pg_temp.notice(:'bob', :'paid', 20, 5), 'given_back 0', 'so it gives nothing back');

-- A refund is not reversed, nor is what repaid.
SELECT transaction_id AS second FROM wallet.topup(:'bob', 'COIN', 10, 'pay-2') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 10, 'spend') \gset
SELECT pg_temp.notice(:'bob', :'second', 10, 1, 'debt') AS owed \gset
SELECT amount FROM wallet.topup(:'bob', 'COIN', 4, 'pay-3') \gset
SELECT amount FROM wallet.forgive_debt(:'bob', 'COIN', NULL, 'a gesture', 'forgive') \gset
SELECT throws_ok(
    format('SELECT * FROM wallet.reverse(%L, %L, NULL, ''r'', ''r-4'')', :'bob', t.transaction_id),
    'WA309', pg_temp.message('WA309'), 'a ' || t.kind
) FROM (
    SELECT DISTINCT ON (o.kind)
        o.kind,
        o.transaction_id
    FROM wallet_private.transfer AS o
    WHERE o.user_id = :'bob' AND o.kind IN ('REFUND', 'REPAY', 'FORGIVE')
    ORDER BY o.kind, o.seq
) AS t;
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
