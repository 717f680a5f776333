CREATE OR REPLACE FUNCTION wallet.list_conversion_rates() RETURNS SETOF wallet.conversion_rate
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.rate_id, f.code, t.code, r.from_amount, r.to_amount, r.created_at
    FROM wallet_private.conversion_rate AS r
    INNER JOIN wallet_private.asset AS f ON f.asset_id = r.from_asset_id
    INNER JOIN wallet_private.asset AS t ON t.asset_id = r.to_asset_id
    WHERE r.replaced_at IS NULL
    ORDER BY f.code, t.code
$$;

COMMENT ON FUNCTION wallet.list_conversion_rates() IS
'Lists the current rate of each pair of assets that has one.
Returns: wallet.conversion_rate for each.
Locks: nothing.
Raises: nothing.';
