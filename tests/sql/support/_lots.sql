-- What _books.sql makes, and STAR, an asset with lots whose credits live for 30 days, of which
-- :'alice' has 100 that were paid for (lot 1), 50 free ones for 10 days (lot 2), 30 for 20 days
-- (lot 3) and 20 for 30 (lot 4). 10 COIN, which has no lots, convert into 1 STAR and back.
-- pg_temp.left_of says what is left of a user's lots, in the order of use.
\ir _books.sql

SELECT asset AS star FROM wallet.create_asset(
    'STAR', 'Star', p_lot_order => 'expiring_first', p_expires_in => interval '30 days'
) \gset
SELECT asset AS coin FROM wallet.create_asset('COIN', 'Coin') \gset
SELECT rate_id FROM wallet.set_conversion_rate('COIN', 'STAR', 10, 1) \gset
SELECT rate_id FROM wallet.set_conversion_rate('STAR', 'COIN', 1, 10) \gset
SELECT transaction_id AS paid FROM wallet.topup(:'alice', 'STAR', 100, 'paid') \gset
SELECT transaction_id AS soonest
FROM wallet.bonus(:'alice', 'STAR', 50, 'soonest', p_expires_at => now() + interval '10 days') \gset
SELECT transaction_id AS later
FROM wallet.bonus(:'alice', 'STAR', 30, 'later', p_expires_at => now() + interval '20 days') \gset
SELECT transaction_id AS last FROM wallet.bonus(:'alice', 'STAR', 20, 'last') \gset

CREATE FUNCTION pg_temp.left_of(p_user_id uuid, p_asset text DEFAULT 'STAR') RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT string_agg(
        format('%s: %s %s', l.lot_id, l.remaining, l.origin), ', ' ORDER BY l.ordinality
    )
    FROM wallet.list_lots(p_user_id, p_asset) WITH ORDINALITY AS l
$$;
