CREATE OR REPLACE FUNCTION wallet_private.run_list_webhooks() RETURNS SETOF wallet.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A receiver is the same for all partitions. One of them may know more of it than the others.
BEGIN
    RETURN QUERY
    SELECT
        w.subscription, min(w.url),
        CASE
            WHEN bool_or(w.status = 'gone') THEN 'gone'
            WHEN bool_or(w.status = 'paused') THEN 'paused'
            ELSE 'active'
        END,
        bool_and(w.is_ordered), NULL::text, max(w.old_secret_ends_at), sum(w.waiting)::bigint,
        sum(w.parked)::bigint, min(w.oldest_at), max(w.failures), max(w.rest_ends_at),
        min(w.created_at)
    FROM wallet_private.list_webhooks() AS w
    GROUP BY w.subscription
    ORDER BY w.subscription;
END
$$;
