CREATE OR REPLACE FUNCTION wallet.list_user_ids(p_external_ids text[])
RETURNS SETOF wallet.user_key
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT u.external_id, u.user_id
    FROM wallet_private.user_account AS u
    WHERE u.external_id = ANY (p_external_ids);
END
$$;

COMMENT ON FUNCTION wallet.list_user_ids(text[]) IS
'Finds the users who have external ids, many in one call. The answers never change.
Returns: wallet.user_key for each user that there is, in no order.
Locks: nothing.
Raises: nothing.';
