CREATE OR REPLACE FUNCTION wallet_private.is_for(p_asset wallet_private.asset, p_kind text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Says whether an asset takes movements of this kind. An archived one takes none, and only one
    -- that is for sale takes top-ups.
    SELECT p_asset.archived_at IS NULL AND (p_asset.is_purchasable OR p_kind <> 'TOPUP')
$$;
