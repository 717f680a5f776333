CREATE OR REPLACE FUNCTION wallet.list_limits(p_asset text DEFAULT NULL)
RETURNS SETOF wallet.limit_rule
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_asset IS NOT NULL THEN
        PERFORM wallet_private.find_asset(p_asset);
    END IF;
    RETURN QUERY
    SELECT (wallet_private.to_limit(r)).*
    FROM wallet_private.limit_rule AS r
    INNER JOIN wallet_private.asset AS a ON a.asset_id = r.asset_id
    WHERE p_asset IS NULL OR a.code = p_asset
    ORDER BY r.limit_id;
END
$$;

COMMENT ON FUNCTION wallet.list_limits(text) IS
'Lists the limits of an asset, or all (NULL), by id, inactive ones too.
Returns: wallet.limit_rule for each.
Locks: nothing.
Raises: WA202';
