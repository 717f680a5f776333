CREATE OR REPLACE FUNCTION wallet_private.due_events(
    p_webhook wallet_private.webhook, p_limit integer
) RETURNS SETOF wallet_private.webhook_event
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- The waiting events of a webhook that can be sent now. If order counts, no earlier event of
    -- the wallet may wait for a later try or be under way.
    SELECT (d.event).*
    FROM (
        SELECT
            e AS event, c.is_due,
            bool_and(c.is_due) OVER (
                PARTITION BY e.user_id, e.asset_id ORDER BY e.seq
            ) AS is_first
        FROM wallet_private.webhook_event AS e
        CROSS JOIN LATERAL (
            SELECT e.next_try_at <= clock_timestamp()
                AND coalesce(e.claim_ends_at, '-infinity') <= clock_timestamp() AS is_due
        ) AS c
        WHERE e.subscription_id = p_webhook.subscription_id AND e.next_try_at IS NOT NULL
    ) AS d
    WHERE d.is_due AND (d.is_first OR NOT p_webhook.is_ordered)
    ORDER BY (d.event).user_id, (d.event).asset_id, (d.event).seq
    LIMIT p_limit
$$;
