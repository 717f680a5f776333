CREATE OR REPLACE FUNCTION wallet_private.split_batch(
    p_at integer[], p_requests wallet.request[], p_actors text[], p_ords integer[],
    p_expires_at timestamptz[]
) RETURNS SETOF wallet.batch_result
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_requests, p_actors, p_ords, p_expires_at; RUN ON p_at;
    SELECT r.* FROM wallet_private.post_part(
        p_requests, p_actors, p_ords, p_expires_at
    ) AS r;
$$;
