CREATE OR REPLACE FUNCTION wallet_private.is_for(p_asset wallet_private.asset, p_kind text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Whether an asset takes such movements: none when it is archived, top-ups when it is for sale.
    SELECT p_asset.archived_at IS NULL AND (p_asset.is_purchasable OR p_kind <> 'TOPUP')
$$;
