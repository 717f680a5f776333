CREATE OR REPLACE FUNCTION wallet_private.split_here(p_at integer[]) RETURNS SETOF boolean
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at; RUN ON p_at; SELECT true;
$$;
