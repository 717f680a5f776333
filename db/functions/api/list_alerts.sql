CREATE OR REPLACE FUNCTION wallet.list_alerts() RETURNS SETOF wallet.alert
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.*
    FROM wallet_private.alert AS a
    CROSS JOIN LATERAL wallet_private.to_alert(a) AS t
    ORDER BY a.code
$$;

COMMENT ON FUNCTION wallet.list_alerts() IS
'All alerts by code: what each watches, what it measured last (NULL where each user has a value of
its own), and how many values have crossed the threshold and not come back by the margin.
Returns: wallet.alert for each.
Locks: nothing.
Raises: nothing.';
