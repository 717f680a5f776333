BEGIN;
SELECT plan(24);
\ir ../../support/_limits.sql

SELECT limit_id AS daily FROM wallet.create_limit(
    'daily', 'COIN', 'amount', 100, 'debit', p_period => 'day'
) \gset
SELECT item_id FROM wallet.create_item('hat', 'Hat', 'COIN', 20) \gset
SELECT format('SELECT wallet.spend(%L, ''COIN'', 41, ''more'')', :'alice') AS more \gset

SELECT is(pg_temp.left(:'alice'), 'daily: 100', 'what was spent before does not count');
SELECT is((wallet.spend(:'alice', 'COIN', 60, 'spend')).balance, 940::numeric, 'some is spent');
SELECT is(pg_temp.left(:'alice'), 'daily: 40', 'the rest remains');
SELECT throws_ok(:'more', 'WA412', pg_temp.message('WA412'), 'one too many is refused');
SELECT is(
    (pg_temp.refusal_of(:'more')).detail,
    'Limit daily allows 100 COIN a day: 40 is left, 41 is needed.', 'the detail says what remains'
);
SELECT matches(
    (pg_temp.refusal_of(:'more')).hint,
    '^More is left in [0-9]+ seconds, on [0-9-]{10}T00:00:00Z\.$', 'the hint says when it is more'
);
SELECT is(
    (wallet.spend(:'alice', 'COIN', 60, 'spend')).is_replay, true, 'a replay counts nothing'
);
SELECT is(
    (wallet.buy_item(:'alice', :item_id, 1, NULL, 'hat')).balance, 920::numeric,
    'a purchase counts too'
);
SELECT is(
    (wallet.convert(:'alice', 'COIN', 'STAR', 10, 'convert')).from_balance, 910::numeric,
    'and a conversion'
);
SELECT is(pg_temp.left(:'alice'), 'daily: 10', 'all together');
SELECT is(
    (SELECT string_agg(coalesce(b.code, b.kind), ' ' ORDER BY b.ord) FROM wallet.post_batch(ARRAY[
        ROW(:'alice', 'SPEND', 'COIN', 11, 'b-1', NULL, NULL),
        ROW(:'alice', 'SPEND', 'COIN', 6, 'b-2', NULL, NULL),
        ROW(:'alice', 'SPEND', 'COIN', 5, 'b-3', NULL, NULL),
        ROW(:'alice', 'TOPUP', 'COIN', 500, 'b-4', NULL, NULL),
        ROW(:'alice', 'SPEND', 'COIN', 4, 'b-5', NULL, NULL)
    ]::wallet.request[]) AS b),
    'WA412 SPEND WA412 TOPUP SPEND', 'a batch is limited one by one'
);
SELECT is(pg_temp.left(:'alice'), 'daily: 0', 'nothing remains');
SELECT is(
    (wallet.adjust(:'alice', 'COIN', -1, 'adjust', 'a fault')).balance, 1399::numeric,
    'a correction is not limited'
);
SELECT is(pg_temp.left(:'bob'), 'daily: 100', 'another user has a limit of the own');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

-- Reversals give back.
SELECT
    is(
        (wallet.reverse(:'alice', t.transaction_id, 25, 'a refund', 'reversal')).amount,
        25::numeric,
        'a part of a spend is taken back'
    )
FROM wallet.transaction AS t
WHERE t.idempotency_key = 'spend';
SELECT is(pg_temp.left(:'alice'), 'daily: 25', 'it gives back as much');
SELECT transaction_id FROM wallet.transaction
WHERE idempotency_key = 'convert' AND leg = 1 \gset
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', NULL, 'a refund', 'reversal-2')).amount,
    10::numeric, 'a conversion is taken back'
);
SELECT is(pg_temp.left(:'alice'), 'daily: 35', 'so does a conversion');

-- A day later.
CALL pg_temp.let_pass('1 day');
SELECT is(pg_temp.left(:'alice'), 'daily: 100', 'the next day has a limit of its own');
SELECT
    is(
        (wallet.reverse(:'alice', t.transaction_id, NULL, 'a refund', 'reversal-3')).amount,
        35::numeric, 'the rest of the spend is taken back'
    )
FROM wallet.transaction AS t
WHERE t.idempotency_key = 'spend';
SELECT is(pg_temp.left(:'alice'), 'daily: 100', 'it gives back to the day of the spend');
SELECT lives_ok(:'more', 'and there is more to spend');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
