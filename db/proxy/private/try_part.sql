CREATE OR REPLACE FUNCTION wallet_private.try_part(
    p_partition integer, p_requests wallet.request[], p_actors text[], p_ords integer[],
    p_expires_at timestamptz[]
) RETURNS SETOF wallet.batch_result
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON p_partition;
    SELECT r.* FROM wallet_private.try_part(
        p_requests, p_actors, p_ords, p_expires_at
    ) AS r;
$$;
