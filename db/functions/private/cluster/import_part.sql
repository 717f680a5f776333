CREATE OR REPLACE FUNCTION wallet_private.import_part(
    p_claim_id uuid, p_users wallet.user_request[], p_ords integer[], p_holders uuid[],
    p_actor text
) RETURNS wallet.import_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- This partition's part of the users, whose names were claimed. Each refusal has the place of its
-- user in the whole.
DECLARE
    v_result wallet.import_result;
BEGIN
    PERFORM wallet_private.heed_claim(p_claim_id);
    v_result := wallet.import_users(p_users, p_actor);
    PERFORM wallet_private.heed_holders(p_holders);
    v_result.refusals := wallet_private.in_whole(v_result.refusals, p_ords);
    RETURN v_result;
END
$$;
