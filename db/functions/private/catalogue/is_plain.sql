CREATE OR REPLACE FUNCTION wallet_private.is_plain(p_asset wallet_private.asset) RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Says whether a movement of an asset changes a balance and no more.
    SELECT p_asset.lot_order IS NULL AND NOT p_asset.is_limited
$$;
