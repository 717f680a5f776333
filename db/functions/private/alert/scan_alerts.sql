CREATE OR REPLACE FUNCTION wallet_private.scan_alerts(
    p_subscription wallet_private.subscription,
    p_place wallet_private.feed_place,
    p_limit integer
) RETURNS SETOF wallet_private.alert_event
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
ROWS 10
AS $$
-- The next p_limit alert events behind a place that a subscription lets through, in the feed's
-- order. It gets none if it does not ask for alerts, and none before it has read what is older than
-- the feed.
BEGIN
    IF NOT wallet_private.wants_alerts(p_subscription) OR p_place.feed_position = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT e.* FROM wallet_private.alert_event AS e
    WHERE e.feed_position >= p_place.feed_position
        AND e.feed_position < (SELECT wallet_private.feed_horizon())
        AND (e.feed_position, e.user_id, e.asset_id, e.seq) > (
            p_place.feed_position, p_place.user_id, p_place.asset_id, p_place.seq
        )
        AND (p_subscription.alerts IS NULL OR e.alert = ANY (p_subscription.alerts))
        AND (p_subscription.asset_ids IS NULL OR e.asset_id = ANY (p_subscription.asset_ids))
        AND (p_subscription.user_id IS NULL OR e.user_id = p_subscription.user_id)
    ORDER BY e.feed_position, e.user_id, e.asset_id, e.seq
    LIMIT p_limit;
END
$$;
