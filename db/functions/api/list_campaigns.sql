CREATE OR REPLACE FUNCTION wallet.list_campaigns() RETURNS SETOF wallet.campaign
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (wallet_private.to_campaign(c, a)).*
    FROM wallet_private.campaign AS c
    INNER JOIN wallet_private.asset AS a ON c.asset_id = a.asset_id
    ORDER BY c.code
$$;

COMMENT ON FUNCTION wallet.list_campaigns() IS
'Lists all campaigns by code: what each may give, has given and may still give (NULL = no limit),
and to how many users it has given.
Returns: wallet.campaign for each.
Locks: nothing.
Raises: nothing.';
