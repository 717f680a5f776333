CREATE OR REPLACE FUNCTION wallet_private.split_acknowledge(
    p_at integer[], p_subscription text, p_cursors text[]
) RETURNS SETOF boolean
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_cursors; RUN ON p_at;
    SELECT wallet_private.acknowledge_part(p_subscription, p_cursors);
$$;
