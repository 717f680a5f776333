-- A wallet in :asset for every user, with 10^9 in it by a real movement.
INSERT INTO wallet_private.wallet (user_id, asset_id, is_capped)
SELECT md5(n::text)::uuid, a.asset_id, a.supply IS NOT NULL
FROM generate_series(1, :users) AS n, wallet_private.asset AS a
WHERE a.code = :'asset';
SELECT count(r.code) AS refused
FROM generate_series(0, :users / 1000 - 1) AS b
CROSS JOIN LATERAL (
    SELECT array_agg(ROW(
        md5((1000 * b + i)::text)::uuid, 'BONUS', :'asset', 1000000000,
        'fund ' || :'asset', NULL, NULL
    )::wallet.request) AS requests
    FROM generate_series(1, 1000) AS i
) AS q
CROSS JOIN LATERAL wallet.post_batch(q.requests) AS r;
