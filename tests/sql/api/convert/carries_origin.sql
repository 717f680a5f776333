BEGIN;
SELECT plan(8);
\ir ../../support/_lots.sql

SELECT asset AS other FROM wallet.create_asset(
    'MOON', 'Moon', p_lot_order => 'free_first', p_expires_in => interval '1 day'
) \gset
SELECT rate_id FROM wallet.set_conversion_rate('STAR', 'MOON', 1, 1) \gset
SELECT rate_id FROM wallet.set_conversion_rate('COIN', 'MOON', 1, 1) \gset
SELECT to_amount FROM wallet.convert(:'alice', 'STAR', 'MOON', 60, 'free') \gset
SELECT is(pg_temp.left_of(:'alice', 'MOON'), '1: 60 free', 'from free lots it is free');
SELECT is(
    (SELECT l.expires_at FROM wallet.list_lots(:'alice', 'MOON') AS l),
    (
        SELECT wallet_private.to_instant(t.details #>> '{result,lot,expires_at}')
        FROM wallet.transaction AS t
        WHERE t.idempotency_key = 'soonest'
    ),
    'and lives as long as the first of them would have'
);
SELECT to_amount FROM wallet.convert(:'alice', 'STAR', 'MOON', 50, 'mixed') \gset
SELECT results_eq(
    format(
        'SELECT l.remaining, l.origin, l.expires_at FROM wallet.list_lots(%L, ''MOON'') AS l '
        'WHERE l.lot_id = 2', :'alice'
    ),
    'VALUES (50::numeric, ''paid'', NULL::timestamptz)', 'any part that was paid for makes it paid'
);
SELECT to_amount FROM wallet.convert(:'alice', 'STAR', 'COIN', 10, 'out of lots') \gset
SELECT to_amount FROM wallet.convert(:'alice', 'COIN', 'MOON', 4, 'unknown') \gset
SELECT is(
    pg_temp.left_of(:'alice', 'MOON'), '1: 60 free, 2: 50 paid, 3: 4 paid',
    'an asset without lots does not know: it is paid if it can be'
);
SELECT is_purchasable FROM wallet.update_asset('COIN', p_is_purchasable => false) \gset
SELECT to_amount FROM wallet.convert(:'alice', 'COIN', 'MOON', 5, 'not for sale') \gset
SELECT is(
    pg_temp.left_of(:'alice', 'MOON'), '4: 5 free, 1: 60 free, 2: 50 paid, 3: 4 paid',
    'and free if it is not for sale'
);
SELECT transaction_id FROM wallet.transaction AS t
WHERE t.idempotency_key = 'mixed' \gset
SELECT amount FROM wallet.reverse(:'alice', :'transaction_id', 50, 'a mistake', 'back') \gset
SELECT is(
    pg_temp.left_of(:'alice', 'MOON'), '4: 5 free, 1: 60 free, 3: 4 paid',
    'its reversal takes the lot that it made'
);
SELECT is(
    pg_temp.left_of(:'alice'), '3: 20 free, 4: 20 free, 1: 90 paid', 'and gives back what it used'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
