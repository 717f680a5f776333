-- STAR, an asset with lots: ten for each of the first :users users, by real movements. SAND, of
-- which users have lots that have expired, :expired in all: written down as if nothing had booked
-- them yet.
SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'expiring_first') \gset
SELECT asset FROM wallet.create_asset('SAND', 'Sand', p_lot_order => 'expiring_first') \gset
INSERT INTO wallet_private.wallet (user_id, asset_id, is_plain)
SELECT md5(n::text)::uuid, a.asset_id, false
FROM generate_series(1, :users) AS n, wallet_private.asset AS a
WHERE a.code = 'STAR';
SELECT count(wallet.bonus(
    md5(n::text)::uuid, 'STAR', 100000000, 'lot ' || l,
    p_expires_at => now() + make_interval(days => 30 * l)
))
FROM generate_series(1, :users) AS n, generate_series(1, 10) AS l \gset
INSERT INTO wallet_private.wallet (user_id, asset_id, is_plain, balance)
SELECT md5(n::text)::uuid, a.asset_id, false, 10
FROM generate_series(1, :expired / 10) AS n, wallet_private.asset AS a
WHERE a.code = 'SAND';
INSERT INTO wallet_private.lot (
    user_id, asset_id, lot_id, origin, amount, remaining, expires_at
)
SELECT md5(n::text)::uuid, a.asset_id, -l, 'free', 1, 1, now() - make_interval(secs => n / 1000.0)
FROM
    generate_series(1, :expired / 10) AS n, generate_series(1, 10) AS l,
    wallet_private.asset AS a
WHERE a.code = 'SAND';
