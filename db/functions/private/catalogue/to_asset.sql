CREATE OR REPLACE FUNCTION wallet_private.to_asset(p_asset wallet_private.asset)
RETURNS wallet.asset
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_asset.code, p_asset.name, p_asset.scale, p_asset.supply, p_asset.sign_up_bonus,
        p_asset.is_purchasable, p_asset.archived_at IS NOT NULL, p_asset.created_at,
        p_asset.lot_order, p_asset.expires_in, p_asset.is_paid_expiring, p_asset.is_debt_blocking
    )::wallet.asset
$$;
