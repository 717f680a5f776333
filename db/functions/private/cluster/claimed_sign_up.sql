CREATE OR REPLACE FUNCTION wallet_private.claimed_sign_up(
    p_claim_id uuid,
    p_holder uuid,
    p_name text,
    p_email text,
    p_phone text,
    p_password_hash text,
    p_actor text
) RETURNS wallet.new_user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_user wallet.new_user;
BEGIN
    PERFORM wallet_private.heed_claim(p_claim_id);
    v_user := wallet.sign_up(p_name, p_email, p_phone, p_password_hash, p_actor);
    PERFORM wallet_private.heed_holders(ARRAY[p_holder]);
    RETURN v_user;
END
$$;
