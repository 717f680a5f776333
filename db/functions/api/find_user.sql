CREATE OR REPLACE FUNCTION wallet.find_user(p_query text) RETURNS SETOF wallet.user
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM wallet_private.check_given('query', p_query);
    RETURN QUERY
    SELECT (wallet_private.to_user(u)).*
    FROM wallet_private.user_account AS u
    WHERE u.external_id = p_query
        OR lower(u.email COLLATE "C") = lower(p_query COLLATE "C")
        OR u.user_id = CASE
            WHEN p_query ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN p_query::uuid
        END
    ORDER BY u.created_at;
END
$$;

COMMENT ON FUNCTION wallet.find_user(text) IS
'Finds users by email address (A to Z in either case), external id or user id.
Returns: wallet.user for each, and no row when there is none.
Locks: nothing.
Raises: WA101';
