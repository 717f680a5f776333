CREATE OR REPLACE FUNCTION wallet.get_feed_position() RETURNS bigint
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(greatest(
        (
            SELECT max(t.feed_position) FROM wallet_private.transfer AS t
            WHERE t.feed_position < h.horizon
        ),
        (
            SELECT max(e.feed_position) FROM wallet_private.alert_event AS e
            WHERE e.feed_position < h.horizon
        )
    ), 0)
    FROM wallet_private.feed_horizon() AS h (horizon)
$$;

COMMENT ON FUNCTION wallet.get_feed_position() IS
'How far the feed has got: a number that has grown when there is something to read. One who asks
again and again knows it for all who wait.
Returns: bigint.
Locks: nothing.
Raises: nothing.';
