BEGIN;
SELECT plan(11);
\ir ../../support/_limits.sql

SELECT limit_id FROM wallet.create_limit(
    'free', 'STAR', 'amount', 60, 'debit', p_origin => 'free', p_period => 'day'
) \gset
SELECT limit_id FROM wallet.create_limit(
    'bought', 'STAR', 'amount', 50, 'credit', p_origin => 'paid', p_period => 'day'
) \gset
SELECT balance FROM wallet.spend(:'alice', 'STAR', 50, 'spend') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 10, bought: 50', '50 free ones are spent');
SELECT throws_ok(
    format('SELECT wallet.spend(%L, ''STAR'', 11, ''more'')', :'alice'), 'WA412',
    pg_temp.message('WA412'), 'more of the free ones is too much'
);
SELECT transaction_id
FROM wallet.reverse(:'alice', (
    SELECT t.transaction_id FROM wallet.transaction AS t
    WHERE t.idempotency_key = 'spend'
), 30, 'a refund', 'reversal') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 40, bought: 50', 'a reversal gives back');
SELECT lot_order FROM wallet.update_asset('STAR', p_lot_order => 'paid_first') \gset
SELECT balance FROM wallet.spend(:'alice', 'STAR', 110, 'both') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 30, bought: 50', 'only the free ones count');
SELECT hold_id FROM wallet.place_hold(:'alice', 'STAR', 20, '1 hour', 'hold') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 10, bought: 50', 'a hold counts');
SELECT balance FROM wallet.capture_hold(:'alice', :'hold_id', 5, 'capture') \gset
SELECT status FROM wallet.release_hold(:'alice', :'hold_id', 'release') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 25, bought: 50', 'its release gives back');
SELECT balance FROM wallet.bonus(:'alice', 'STAR', 100, 'gift') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 25, bought: 50', 'a gift is not paid');
SELECT transaction_id AS topup FROM wallet.topup(:'alice', 'STAR', 50, 'topup') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 25, bought: 0', 'a topup is');
SELECT throws_ok(
    format('SELECT wallet.topup(%L, ''STAR'', 1, ''topup-2'')', :'alice'), 'WA412',
    pg_temp.message('WA412'), 'one more is refused'
);
SELECT transaction_id
FROM wallet.reverse(:'alice', :'topup', NULL, 'a refund', 'reversal-2') \gset
SELECT is(pg_temp.left(:'alice', 'STAR'), 'free: 25, bought: 50', 'until it is refunded');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
