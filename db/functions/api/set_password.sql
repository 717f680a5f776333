CREATE OR REPLACE FUNCTION wallet.set_password(
    p_user_id uuid, p_password_hash text, p_actor text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    PERFORM wallet_private.check_given('password_hash', p_password_hash);
    PERFORM wallet_private.check_text('password_hash', p_password_hash);
    UPDATE wallet_private.user_account AS u SET status = u.status WHERE u.user_id = p_user_id;
    PERFORM wallet_private.refuse_erased(p_user_id);
    INSERT INTO wallet_private.credential (user_id, password_hash)
    VALUES (p_user_id, p_password_hash)
    ON CONFLICT (user_id) DO UPDATE SET password_hash = p_password_hash, changed_at = now();
    PERFORM wallet_private.record_action('set_password', p_user_id::text, '{}', p_actor);
    UPDATE wallet_private.user_account AS u SET tokens_revoked_at = clock_timestamp()
    WHERE u.user_id = p_user_id;
END
$$;

COMMENT ON FUNCTION wallet.set_password(uuid, text, text) IS
'Gives a user another password, and cuts off the tokens that the user got with the previous one.
Returns: nothing.
Locks: the account, then the user''s credential.
Raises: WA101 WA106 WA201 WA504';
