CREATE OR REPLACE FUNCTION wallet.get_credential(p_email text) RETURNS wallet.credential
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_credential wallet.credential;
BEGIN
    SELECT u.user_id, u.role, u.status, c.password_hash INTO v_credential
    FROM wallet_private.user_account AS u
    INNER JOIN wallet_private.credential AS c ON c.user_id = u.user_id
    WHERE lower(u.email COLLATE "C") = lower(p_email COLLATE "C");
    RETURN v_credential;
END
$$;

COMMENT ON FUNCTION wallet.get_credential(text) IS
'Gives what the gateway needs to check a login. An unknown address is no error, so that a login gets
the same answer for known and unknown addresses.
Returns: wallet.credential. All of it is NULL when nobody logs in with that address.
Locks: nothing.
Raises: nothing.';
