CREATE OR REPLACE FUNCTION wallet_private.merge_alerts(
    p_subscription wallet_private.subscription,
    p_place wallet_private.feed_place,
    p_limit integer,
    p_transfers wallet_private.transfer[],
    p_next wallet_private.feed_place,
    p_page wallet.event_page
) RETURNS wallet.event_page
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Puts alerts at their places among the events of a page of transfers, which begins behind p_place
-- and ends with p_next, or at the end of the feed. What is then too much is for the next page.
DECLARE
    v_identity text := wallet_private.feed_identity();
    v_alerts wallet_private.alert_event[] := ARRAY(
        SELECT e FROM wallet_private.scan_alerts(p_subscription, p_place, p_limit) AS e
        WHERE p_page.is_last
            OR (e.feed_position, e.user_id, e.asset_id, e.seq) <= (
                p_next.feed_position, p_next.user_id, p_next.asset_id, p_next.seq
            )
    );
    v_places wallet_private.feed_place[];
    v_events wallet.event[];
    v_is_last boolean;
BEGIN
    IF v_alerts = '{}' THEN
        RETURN p_page;
    END IF;
    SELECT
        array_agg(m.event ORDER BY m.place) FILTER (WHERE m.number <= p_limit),
        array_agg(m.place ORDER BY m.place) FILTER (WHERE m.number <= p_limit),
        p_page.is_last AND count(*) < p_limit
    INTO v_events, v_places, v_is_last
    FROM (
        SELECT n.event, n.place, row_number() OVER (ORDER BY n.place) AS number
        FROM (
            SELECT
                wallet_private.to_alert_event(
                    e, a, wallet_private.to_event_cursor(v_identity, p.place)
                ) AS event,
                p.place
            FROM unnest(v_alerts) AS e
            INNER JOIN wallet_private.asset AS a ON a.asset_id = e.asset_id
            CROSS JOIN LATERAL (
                SELECT ROW(
                    e.feed_position, e.user_id, e.asset_id, e.seq
                )::wallet_private.feed_place
            ) AS p (place)
            UNION ALL
            SELECT
                p_page.events[t.ordinality],
                ROW(
                    t.feed_position, t.user_id, t.asset_id, t.seq
                )::wallet_private.feed_place
            FROM unnest(p_transfers) WITH ORDINALITY AS t
        ) AS n
    ) AS m;
    -- A full page may have ended before the others do.
    IF cardinality(v_events) = p_limit OR v_places[cardinality(v_places)] > p_next THEN
        p_next := v_places[cardinality(v_places)];
    END IF;
    RETURN ROW(
        v_events, wallet_private.to_event_cursor(v_identity, p_next), v_is_last
    )::wallet.event_page;
END
$$;
