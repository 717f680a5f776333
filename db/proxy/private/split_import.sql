CREATE OR REPLACE FUNCTION wallet_private.split_import(
    p_at integer[], p_claim_id uuid, p_users wallet.user_request[], p_ords integer[],
    p_holders uuid[], p_actor text
) RETURNS SETOF wallet.import_result
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_users, p_ords, p_holders; RUN ON p_at;
    SELECT r.*
    FROM wallet_private.import_part(p_claim_id, p_users, p_ords, p_holders, p_actor) AS r;
$$;
