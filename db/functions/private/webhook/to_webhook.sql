CREATE OR REPLACE FUNCTION wallet_private.to_webhook(
    p_webhook wallet_private.webhook, p_secret text DEFAULT NULL
) RETURNS wallet.webhook
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Shows the secret only in the answer to the call that made it.
    SELECT ROW(
        s.code, p_webhook.url, p_webhook.status, p_webhook.is_ordered, p_secret,
        CASE WHEN p_webhook.old_secret_ends_at > now() THEN p_webhook.old_secret_ends_at END,
        e.waiting, e.parked,
        least(e.oldest_at, (
            SELECT f.created_at FROM wallet_private.scan_feed(s.place, 1) AS f
        ), (
            SELECT r.created_at FROM wallet_private.scan_alerts(s, s.place, 1) AS r
        )),
        p_webhook.failures,
        CASE WHEN p_webhook.rest_ends_at > now() THEN p_webhook.rest_ends_at END,
        p_webhook.created_at
    )::wallet.webhook
    FROM wallet_private.subscription AS s
    CROSS JOIN LATERAL (
        SELECT
            count(e.next_try_at) AS waiting,
            count(*) - count(e.next_try_at) AS parked,
            min(coalesce(t.created_at, r.created_at))
                FILTER (WHERE e.next_try_at IS NOT NULL) AS oldest_at
        FROM wallet_private.webhook_event AS e
        LEFT JOIN wallet_private.transfer AS t
            ON t.user_id = e.user_id AND t.asset_id = e.asset_id AND t.seq = e.seq
        LEFT JOIN wallet_private.alert_event AS r ON r.seq = e.seq
        WHERE e.subscription_id = s.subscription_id
    ) AS e
    WHERE s.subscription_id = p_webhook.subscription_id
$$;
