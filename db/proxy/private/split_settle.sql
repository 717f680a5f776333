CREATE OR REPLACE FUNCTION wallet_private.split_settle(
    p_at integer[], p_kinds text[], p_names text[], p_users uuid[], p_claim_id uuid
) RETURNS SETOF bigint
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_kinds, p_names, p_users; RUN ON p_at;
    SELECT r.* FROM wallet_private.settle_list(p_kinds, p_names, p_users, p_claim_id) AS r;
$$;
