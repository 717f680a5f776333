CREATE OR REPLACE FUNCTION wallet.get_user(p_user_id uuid) RETURNS wallet.user
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN wallet_private.to_user(wallet_private.find_user(p_user_id));
END
$$;

COMMENT ON FUNCTION wallet.get_user(uuid) IS
'Says who a user is.
Returns: wallet.user.
Locks: nothing.
Raises: WA101 WA201';
