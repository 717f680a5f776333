CREATE OR REPLACE FUNCTION wallet_private.split_read_events(
    p_at integer[], p_subscription text, p_limit integer, p_cursors text[]
) RETURNS TABLE (place integer, start_cursor text, page wallet.event_page)
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_cursors; RUN ON p_at;
    SELECT r.* FROM wallet_private.read_part(p_subscription, p_limit, p_cursors) AS r;
$$;
