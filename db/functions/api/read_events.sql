CREATE OR REPLACE FUNCTION wallet.read_events(
    p_subscription text, p_limit integer DEFAULT 100, p_cursor text DEFAULT NULL
) RETURNS wallet.event_page
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := coalesce(p_limit, 100);
    v_subscription wallet_private.subscription;
    v_place wallet_private.feed_place;
    v_is_older boolean;  -- what is read is older than the feed
    v_most integer;
    v_scanned wallet_private.transfer[];
    v_page wallet_private.transfer[];
    v_last wallet_private.transfer;  -- that was looked at for this page
    v_is_over boolean := false;  -- nothing is left behind v_last
    v_next wallet_private.feed_place;
    v_result wallet.event_page;
    v_identity text := wallet_private.feed_identity();
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 1000);
    v_subscription := wallet_private.find_subscription(p_subscription);
    v_place := wallet_private.read_event_cursor(v_subscription, p_cursor);
    v_is_older := v_place.feed_position = 0;

    -- Where a part is left out, more is looked at, but not without a limit: the cursor moves on
    -- also where nothing is let through.
    v_most := v_limit * CASE
        WHEN v_is_older OR v_subscription.asset_ids IS NOT NULL
            OR v_subscription.kinds IS NOT NULL OR v_subscription.user_id IS NOT NULL THEN 10
        ELSE 1
    END;
    v_scanned := ARRAY(SELECT f FROM wallet_private.scan_feed(v_place, v_most) AS f);
    v_page := ARRAY(
        SELECT t FROM unnest(v_scanned) AS t
        WHERE (t.feed_position IS NULL OR NOT v_is_older)
            AND (v_subscription.asset_ids IS NULL OR t.asset_id = ANY (v_subscription.asset_ids))
            AND (v_subscription.kinds IS NULL OR t.kind = ANY (v_subscription.kinds))
            AND (v_subscription.user_id IS NULL OR t.user_id = v_subscription.user_id)
        LIMIT v_limit
    );
    IF cardinality(v_page) = v_limit THEN
        v_last := v_page[v_limit];
    ELSE
        v_last := v_scanned[cardinality(v_scanned)];
        v_is_over := cardinality(v_scanned) < v_most;
    END IF;

    -- The next page begins behind it; after the older ones, with the first that has a position.
    v_next := v_place;
    IF v_is_over AND v_is_older THEN
        v_next := ROW(1, '00000000-0000-0000-0000-000000000000', 0, 0);
    ELSIF v_last.user_id IS NOT NULL THEN
        v_next := ROW(
            CASE WHEN v_is_older THEN 0 ELSE v_last.feed_position END, v_last.user_id,
            v_last.asset_id, v_last.seq
        );
    END IF;
    v_result.events := ARRAY(
        SELECT wallet_private.to_event(
            t, a.code,
            wallet_private.to_event_cursor(v_identity, ROW(
                coalesce(t.feed_position, 0), t.user_id, t.asset_id, t.seq
            ))
        )
        FROM unnest(v_page) AS t
        INNER JOIN wallet_private.asset AS a ON a.asset_id = t.asset_id
        ORDER BY t.feed_position, t.user_id, t.asset_id, t.seq
    );
    v_result.next_cursor := wallet_private.to_event_cursor(v_identity, v_next);
    v_result.is_last := v_is_over AND NOT v_is_older;
    IF wallet_private.wants_alerts(v_subscription) THEN
        v_result := wallet_private.merge_alerts(
            v_subscription, v_place, v_limit, v_page, v_next, v_result
        );
    END IF;
    RETURN v_result;
END
$$;

COMMENT ON FUNCTION wallet.read_events(text, integer, text) IS
'The next events of a subscription, one for each transfer that it lets through: behind p_cursor, or
behind what was acknowledged. Each transfer comes once, a wallet''s in the order of seq, and only
when every transaction that began before it has ended. Holds placed and released are events of no
amount. Alerts come the same way, if the subscription asks for them: their kind is ALERT, their
reference the alert''s code, their balance what it measured, and their seq is no wallet''s.
Returns: wallet.event_page: at most p_limit (1 to 1000) events, the cursor that goes on behind them,
and whether it is the last by now; a page may be empty and not the last.
Locks: nothing. It asks the server that takes writes.
Raises: WA101 WA108 WA109 WA220 WA320';
