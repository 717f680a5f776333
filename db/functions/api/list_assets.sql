CREATE OR REPLACE FUNCTION wallet.list_assets() RETURNS SETOF wallet.asset
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (wallet_private.to_asset(a)).*
    FROM wallet_private.asset AS a
    ORDER BY a.code
$$;

COMMENT ON FUNCTION wallet.list_assets() IS
'Lists all assets by code, archived ones too.
Returns: wallet.asset for each.
Locks: nothing.
Raises: nothing.';
