-- A wallet in :asset for every user, with 10^9 in it by a real movement.
INSERT INTO wallet_private.wallet (user_id, asset_id, is_capped)
SELECT u.user_id, a.asset_id, a.supply IS NOT NULL
FROM wallet_private.user_account AS u, wallet_private.asset AS a
WHERE a.code = :'asset';
SELECT count(r.code) AS refused
FROM (
    SELECT array_agg(ROW(
        u.user_id, 'BONUS', :'asset', 1000000000, 'fund ' || :'asset', NULL, NULL
    )::wallet.request) AS requests
    FROM (
        SELECT user_id, row_number() OVER (ORDER BY user_id) / 1000 AS batch
        FROM wallet_private.user_account
    ) AS u
    GROUP BY u.batch
) AS q
CROSS JOIN LATERAL wallet.post_batch(q.requests) AS r;
