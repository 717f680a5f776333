CREATE OR REPLACE FUNCTION wallet_private.grant_part(
    p_campaign text, p_grants wallet.grant_request[], p_ords integer[], p_actor text, p_reason text
) RETURNS wallet.grant_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- This partition's part of the grants. Each refusal has the place of its grant in the whole.
DECLARE
    v_result wallet.grant_result := wallet.grant_batch(
        p_campaign, p_grants, p_actor, p_reason
    );
BEGIN
    v_result.refusals := wallet_private.in_whole(v_result.refusals, p_ords);
    RETURN v_result;
END
$$;
