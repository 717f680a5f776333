CREATE OR REPLACE FUNCTION wallet_private.is_expiry(
    p_asset wallet_private.asset, p_kind text, p_amount numeric, p_expires_at timestamptz
) RETURNS boolean
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Says whether a movement may say that what it credits expires then. What is paid for expires
    -- only if the asset allows it.
    SELECT p_asset.lot_order IS NOT NULL AND p_amount > 0
        AND (p_kind <> 'TOPUP' OR p_asset.is_paid_expiring)
        AND p_expires_at BETWEEN clock_timestamp() AND clock_timestamp() + interval '36600 days'
$$;
