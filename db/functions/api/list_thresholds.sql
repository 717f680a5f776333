CREATE OR REPLACE FUNCTION wallet.list_thresholds() RETURNS SETOF wallet.threshold
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.function, a.code, t.most
    FROM wallet_private.threshold AS t
    INNER JOIN wallet_private.asset AS a ON t.asset_id = a.asset_id
    ORDER BY t.function, a.code
$$;

COMMENT ON FUNCTION wallet.list_thresholds() IS
'Lists the thresholds above which a change waits for a second operator.
Returns: wallet.threshold for each, by function and asset.
Locks: nothing.
Raises: nothing.';
