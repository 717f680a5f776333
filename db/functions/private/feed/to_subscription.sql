CREATE OR REPLACE FUNCTION wallet_private.to_subscription(
    p_subscription wallet_private.subscription
) RETURNS wallet.subscription
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Counts how far behind it is, up to 10000. The count includes what its filter leaves out.
DECLARE
    v_behind bigint;
    v_oldest_at timestamptz;
BEGIN
    SELECT least(count(*), 10000), min(f.created_at) INTO v_behind, v_oldest_at
    FROM (
        SELECT f.created_at FROM wallet_private.scan_feed(p_subscription.place, 10000) AS f
        UNION ALL
        SELECT e.created_at
        FROM wallet_private.scan_alerts(p_subscription, p_subscription.place, 10000) AS e
    ) AS f;
    RETURN ROW(
        p_subscription.code,
        (
            SELECT array_agg(a.code ORDER BY a.code)
            FROM wallet_private.asset AS a
            WHERE a.asset_id = ANY (p_subscription.asset_ids)
        ),
        p_subscription.kinds, p_subscription.user_id,
        wallet_private.to_event_cursor(wallet_private.feed_identity(), p_subscription.place),
        v_behind, v_oldest_at, p_subscription.created_at, p_subscription.acknowledged_at,
        p_subscription.alerts
    )::wallet.subscription;
END
$$;
