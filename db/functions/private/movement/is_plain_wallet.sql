CREATE OR REPLACE FUNCTION wallet_private.is_plain_wallet(
    p_user_id uuid, p_asset wallet_private.asset
) RETURNS boolean
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Whether a user's movements in an asset change the balance and no more: the asset is plain,
    -- and the user owes nothing of it. wallet.is_plain keeps the answer.
    SELECT wallet_private.is_plain(p_asset)
        AND NOT EXISTS (
            SELECT FROM wallet_private.debt AS d
            WHERE d.user_id = p_user_id AND d.asset_id = p_asset.asset_id
        )
$$;
