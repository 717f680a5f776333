CREATE OR REPLACE FUNCTION wallet_private.claimed_create_user(
    p_claim_id uuid,
    p_holder uuid,
    p_external_id text,
    p_name text,
    p_email text,
    p_phone text,
    p_role text,
    p_actor text
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
    PERFORM wallet_private.heed_claim(p_claim_id);
    v_user := wallet.create_user(p_external_id, p_name, p_email, p_phone, p_role, p_actor);
    PERFORM wallet_private.heed_holders(ARRAY[p_holder]);
    RETURN v_user;
END
$$;
