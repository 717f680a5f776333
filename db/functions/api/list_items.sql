CREATE OR REPLACE FUNCTION wallet.list_items() RETURNS SETOF wallet.item
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (wallet_private.to_item(i)).*
    FROM wallet_private.item AS i
    ORDER BY i.item_id
$$;

COMMENT ON FUNCTION wallet.list_items() IS
'Lists all items by id, inactive ones too.
Returns: wallet.item for each.
Locks: nothing.
Raises: nothing.';
