CREATE OR REPLACE FUNCTION wallet.rehash_password(
    p_user_id uuid, p_from_hash text, p_to_hash text
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
    PERFORM wallet_private.check_given('from_hash', p_from_hash);
    PERFORM wallet_private.check_given('to_hash', p_to_hash);
    PERFORM wallet_private.check_text('to_hash', p_to_hash);
    UPDATE wallet_private.credential AS c SET password_hash = p_to_hash
    WHERE c.user_id = p_user_id AND c.password_hash = p_from_hash;
END
$$;

COMMENT ON FUNCTION wallet.rehash_password(uuid, text, text) IS
'Replaces the hash of a password by a hash of the same password with stronger settings. It does
nothing when the hash is no longer p_from_hash: a password that was set meanwhile stays.
Returns: nothing.
Locks: the user''s credential.
Raises: WA101 WA106 WA201';
