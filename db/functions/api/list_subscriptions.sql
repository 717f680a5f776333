CREATE OR REPLACE FUNCTION wallet.list_subscriptions() RETURNS SETOF wallet.subscription
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.*
    FROM wallet_private.subscription AS s
    CROSS JOIN LATERAL wallet_private.to_subscription(s) AS t
    ORDER BY s.code
$$;

COMMENT ON FUNCTION wallet.list_subscriptions() IS
'All subscriptions by code: what each lets through (NULL = all), the cursor that was acknowledged,
and how far behind it is: by how many transfers (at most 10000 are counted) and since when (NULL =
it is not).
Returns: wallet.subscription for each.
Locks: nothing. It asks the server that takes writes.
Raises: nothing.';
