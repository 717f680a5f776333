CREATE OR REPLACE FUNCTION wallet_private.all_heed_receiver(
    p_subscription text, p_status text, p_failures integer, p_rest_ends_at timestamptz
) RETURNS SETOF boolean
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL;
    SELECT wallet_private.heed_receiver(p_subscription, p_status, p_failures, p_rest_ends_at);
$$;
