CREATE OR REPLACE FUNCTION wallet_private.all_take_turn() RETURNS SETOF boolean
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL; SELECT wallet_private.take_turn();
$$;
