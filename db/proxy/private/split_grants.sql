CREATE OR REPLACE FUNCTION wallet_private.split_grants(
    p_at integer[], p_campaign text, p_grants wallet.grant_request[], p_ords integer[],
    p_actor text, p_reason text
) RETURNS SETOF wallet.grant_result
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_grants, p_ords; RUN ON p_at;
    SELECT r.* FROM wallet_private.grant_part(p_campaign, p_grants, p_ords, p_actor, p_reason) AS r;
$$;
