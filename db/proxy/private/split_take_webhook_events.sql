CREATE OR REPLACE FUNCTION wallet_private.split_take_webhook_events(
    p_at integer[], p_limit integer
) RETURNS SETOF wallet.webhook_batch
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at; RUN ON p_at;
    SELECT r.* FROM wallet.take_webhook_events(p_limit) AS r;
$$;
