CREATE OR REPLACE FUNCTION wallet_private.all_part_subscriptions()
RETURNS TABLE (place integer, subscription wallet.subscription)
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL; SELECT r.* FROM wallet_private.part_subscriptions() AS r;
$$;
