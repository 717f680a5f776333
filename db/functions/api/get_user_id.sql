CREATE OR REPLACE FUNCTION wallet.get_user_id(p_external_id text) RETURNS uuid
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id uuid;
BEGIN
    PERFORM wallet_private.check_given('external_id', p_external_id);
    SELECT u.user_id INTO v_user_id
    FROM wallet_private.user_account AS u
    WHERE u.external_id = p_external_id;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_unknown_user(
            format('with the external id %s', p_external_id)
        );
    END IF;
    RETURN v_user_id;
END
$$;

COMMENT ON FUNCTION wallet.get_user_id(text) IS
'Finds the user who has an external id. Every function that asks for a user_id takes the answer. It
is one look into a unique index. The answer never changes.
Returns: the user_id.
Locks: nothing.
Raises: WA101 WA201';
