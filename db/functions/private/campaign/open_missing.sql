CREATE OR REPLACE FUNCTION wallet_private.open_missing(p_user_ids uuid[], p_asset_id integer)
RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Gives a wallet in an asset to those users who have none yet. It does what open_wallets does,
    -- but for many users in one statement, in their order. The caller has turned off the joins that
    -- don't keep the order.
    WITH account AS (
        UPDATE wallet_private.user_account AS u SET status = u.status
        FROM (
            SELECT i.user_id
            FROM unnest(p_user_ids) AS i (user_id)
            LEFT JOIN wallet_private.wallet AS w
                ON i.user_id = w.user_id AND w.asset_id = p_asset_id
            WHERE w.user_id IS NULL
            ORDER BY i.user_id
        ) AS o
        WHERE u.user_id = o.user_id
        RETURNING u.user_id, u.status = 'active' AS is_active
    )

    INSERT INTO wallet_private.wallet (user_id, asset_id, is_active, is_capped, is_plain)
    SELECT
        o.user_id, a.asset_id, o.is_active, a.supply IS NOT NULL,
        wallet_private.is_plain_wallet(o.user_id, a)
    FROM account AS o
    INNER JOIN wallet_private.asset AS a ON a.asset_id = p_asset_id
    ORDER BY o.user_id
    ON CONFLICT (user_id, asset_id) DO NOTHING
$$;
