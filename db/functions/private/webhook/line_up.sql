CREATE OR REPLACE FUNCTION wallet_private.line_up(
    p_webhook wallet_private.webhook, p_events wallet.event[]
) RETURNS wallet.event[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The new events that can be sent now. If order counts, an event waits behind a waiting event of
-- its wallet.
BEGIN
    IF NOT p_webhook.is_ordered OR NOT EXISTS (
        SELECT FROM wallet_private.webhook_event AS e
        WHERE e.subscription_id = p_webhook.subscription_id AND e.next_try_at IS NOT NULL
    ) THEN
        RETURN p_events;
    END IF;
    INSERT INTO wallet_private.webhook_event (
        subscription_id, user_id, asset_id, seq, tries, next_try_at
    )
    SELECT p_webhook.subscription_id, u.user_id, a.asset_id, n.seq, 0, clock_timestamp()
    FROM unnest(p_events) AS n
    CROSS JOIN coalesce(n.user_id, '00000000-0000-0000-0000-000000000000') AS u (user_id)
    INNER JOIN wallet_private.asset AS a ON a.code = n.asset
    WHERE EXISTS (
        SELECT FROM wallet_private.webhook_event AS e
        WHERE e.subscription_id = p_webhook.subscription_id AND e.user_id = u.user_id
            AND e.asset_id = a.asset_id AND e.next_try_at IS NOT NULL
    )
    ON CONFLICT (subscription_id, user_id, asset_id, seq) DO NOTHING;
    RETURN ARRAY(
        SELECT n
        FROM unnest(p_events) AS n
        CROSS JOIN coalesce(n.user_id, '00000000-0000-0000-0000-000000000000') AS u (user_id)
        INNER JOIN wallet_private.asset AS a ON a.code = n.asset
        WHERE NOT EXISTS (
            SELECT FROM wallet_private.webhook_event AS e
            WHERE e.subscription_id = p_webhook.subscription_id AND e.user_id = u.user_id
                AND e.asset_id = a.asset_id AND e.next_try_at IS NOT NULL
        )
        ORDER BY n.created_at
    );
END
$$;
