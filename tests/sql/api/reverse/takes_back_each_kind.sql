BEGIN;
SELECT plan(19);
\ir ../../support/_books.sql

SELECT task_id FROM wallet.create_task('visit', 'Visit', 'POINTS', 2.25) \gset
SELECT item_id FROM wallet.create_item('sword', 'Sword', 'POINTS', 0.50) \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'POINTS', 3, '1 hour', 'hold') \gset
SELECT balance FROM wallet.topup(:'alice', 'POINTS', 1.75, 'a top-up') \gset
SELECT balance FROM wallet.bonus(:'alice', 'POINTS', 1.50, 'a bonus') \gset
SELECT balance FROM wallet.spend(:'alice', 'POINTS', 1.25, 'a spend') \gset
SELECT balance FROM wallet.complete_task(:'alice', :task_id, 'a task') \gset
SELECT balance FROM wallet.buy_item(:'alice', :item_id, 3, 0.50, 'a purchase') \gset
SELECT balance FROM wallet.capture_hold(:'alice', :'hold_id', 0.75, 'a capture') \gset
SELECT balance FROM wallet.adjust(:'alice', 'POINTS', 0.25, 'a credit by hand', 'why') \gset
SELECT balance FROM wallet.adjust(:'alice', 'POINTS', -0.33, 'a debit by hand', 'why') \gset
CREATE TEMPORARY TABLE original AS
SELECT
    t.idempotency_key AS what,
    t.transaction_id,
    t.amount
FROM wallet.transaction AS t
WHERE t.asset = 'POINTS' AND t.idempotency_key LIKE 'a %';

CREATE TEMPORARY TABLE answer AS
SELECT
    o.what,
    r.*
FROM original AS o
CROSS JOIN LATERAL wallet.reverse(
    :'alice', o.transaction_id, NULL, 'a mistake', 'back ' || o.what
) AS r;
SELECT is(
    to_jsonb(a.*) - '{transaction_id, created_at, balance, what}'::text[],
    jsonb_build_object(
        'kind', 'REVERSAL', 'user_id', :'alice', 'asset', 'POINTS', 'amount', abs(o.amount),
        'reference', NULL, 'metadata', NULL, 'is_replay', false, 'reverses', o.transaction_id,
        'reason', 'a mistake', 'shortfall', 0, 'counter_asset', NULL, 'counter_amount', NULL,
        'counter_balance', NULL
    ),
    o.what || ' is taken back'
) FROM original AS o
INNER JOIN answer AS a ON o.what = a.what;
SELECT results_eq(
    'SELECT a.what, t.amount, t.counterparty FROM answer AS a '
    'INNER JOIN wallet.transaction AS t ON a.transaction_id = t.transaction_id ORDER BY a.what',
    'SELECT o.what, -o.amount, ''TREASURY'' FROM original AS o ORDER BY o.what',
    'each the other way, from and to the treasury'
);
SELECT is(
    (wallet.get_balance(:'alice', 'POINTS')).balance, 20.50,
    'the balance is what it would have been without'
);
SELECT throws_ok(
    format(
        'SELECT wallet.reverse(%L, %L, NULL, %L, %L)', :'alice', o.transaction_id, 'again', 'key'
    ),
    'WA408', 'more than is left to reverse', o.what || ' is not taken back twice'
) FROM original AS o;
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
