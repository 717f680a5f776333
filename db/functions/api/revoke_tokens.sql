CREATE OR REPLACE FUNCTION wallet.revoke_tokens(
    p_user_id uuid, p_actor text DEFAULT NULL, p_reason text DEFAULT NULL
) RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_user wallet_private.user_account;
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    PERFORM wallet_private.record_action('revoke_tokens', p_user_id::text, '{}', p_actor, p_reason);
    UPDATE wallet_private.user_account AS u SET tokens_revoked_at = clock_timestamp()
    WHERE u.user_id = p_user_id
    RETURNING * INTO v_user;
    RETURN wallet_private.to_user(v_user);
END
$$;

COMMENT ON FUNCTION wallet.revoke_tokens(uuid, text, text) IS
'Cuts off every token that a user has by now. The gateway refuses them within 60 seconds. A user who
logs in again gets a token that counts. p_reason says why, for the record.
Returns: wallet.user.
Locks: the account.
Raises: WA101 WA106 WA201';
