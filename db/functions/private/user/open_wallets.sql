CREATE OR REPLACE FUNCTION wallet_private.open_wallets(p_user_id uuid) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Gives a user a wallet in every asset that there is. The write to the account comes first: either
-- a freeze at the same time is seen here, or the freeze sees the new wallets.
DECLARE
    v_is_active boolean;
BEGIN
    UPDATE wallet_private.user_account AS u SET status = u.status
    WHERE u.user_id = p_user_id
    RETURNING u.status = 'active' INTO v_is_active;

    PERFORM wallet_private.heed_caps();
    INSERT INTO wallet_private.wallet (user_id, asset_id, is_active, is_capped, is_plain)
    SELECT
        p_user_id, a.asset_id, v_is_active, a.supply IS NOT NULL,
        wallet_private.is_plain_wallet(p_user_id, a)
    FROM wallet_private.asset AS a
    ORDER BY a.asset_id
    ON CONFLICT (user_id, asset_id) DO NOTHING;
END
$$;
