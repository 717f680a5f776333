CREATE OR REPLACE FUNCTION wallet_private.here(p_partition integer) RETURNS boolean
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON p_partition; SELECT true;
$$;
