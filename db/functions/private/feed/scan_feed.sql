CREATE OR REPLACE FUNCTION wallet_private.scan_feed(
    p_place wallet_private.feed_place, p_limit integer
) RETURNS SETOF wallet_private.transfer
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
ROWS 1000
AS $$
-- The next p_limit transfers behind a place, in the feed's order. At position 0 this is the ledger
-- in its own order. Newer transfers may stand among the older ones there: the caller leaves them
-- out.
BEGIN
    IF p_place.feed_position = 0 THEN
        RETURN QUERY
        SELECT t.* FROM wallet_private.transfer AS t
        WHERE (t.user_id, t.asset_id, t.seq) > (p_place.user_id, p_place.asset_id, p_place.seq)
        ORDER BY t.user_id, t.asset_id, t.seq
        LIMIT p_limit;
    ELSE
        RETURN QUERY
        SELECT t.* FROM wallet_private.transfer AS t
        WHERE t.feed_position >= p_place.feed_position
            AND t.feed_position < (SELECT wallet_private.feed_horizon())
            AND (t.feed_position, t.user_id, t.asset_id, t.seq) > (
                p_place.feed_position, p_place.user_id, p_place.asset_id, p_place.seq
            )
        ORDER BY t.feed_position, t.user_id, t.asset_id, t.seq
        LIMIT p_limit;
    END IF;
END
$$;
