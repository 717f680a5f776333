CREATE OR REPLACE FUNCTION wallet_private.check_open(p_asset wallet_private.asset) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    PERFORM wallet_private.check_active('Asset', p_asset.code, p_asset.archived_at IS NULL);
END
$$;
