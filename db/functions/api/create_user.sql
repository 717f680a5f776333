CREATE OR REPLACE FUNCTION wallet.create_user(
    p_external_id text DEFAULT NULL,
    p_name text DEFAULT NULL,
    p_email text DEFAULT NULL,
    p_phone text DEFAULT NULL,
    p_role text DEFAULT 'user',
    p_actor text DEFAULT NULL
) RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_user wallet.user;
BEGIN
    -- The user gets no password. An operator who could give one could make an admin and log in as
    -- it.
    v_user := wallet_private.add_user(p_external_id, p_name, p_email, p_phone, p_role, NULL);
    PERFORM wallet_private.record_action(
        'create_user', v_user.user_id::text, jsonb_build_object('role', p_role), p_actor
    );
    RETURN v_user;
END
$$;

COMMENT ON FUNCTION wallet.create_user(text, text, text, text, text, text) IS
'Makes a user with an empty wallet in every asset. It is for hosts that have users of their own,
whose id is p_external_id, and for services and admins. It pays no sign-up bonus; wallet.sign_up
does that. Nobody can log in as the user before wallet.set_password has given a password.
Returns: wallet.user.
Locks: nothing that others wait for.
Raises: WA101 WA106 WA110 WA113 WA302 WA303';
