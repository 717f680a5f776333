CREATE OR REPLACE FUNCTION wallet.get_token_state(
    p_user_id uuid DEFAULT NULL, p_external_id text DEFAULT NULL
) RETURNS SETOF wallet.token_state
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT u.user_id, u.external_id, u.status, u.tokens_revoked_at
    FROM wallet_private.user_account AS u
    WHERE u.user_id = p_user_id OR u.external_id = p_external_id;
END
$$;

COMMENT ON FUNCTION wallet.get_token_state(uuid, text) IS
'Gives what decides whether a user''s token counts. p_user_id or p_external_id names the user.
Returns: wallet.token_state, and no row when there is no such user.
Locks: nothing.
Raises: nothing.';
