CREATE OR REPLACE FUNCTION wallet.get_feed_position() RETURNS bigint
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(max(t.feed_position), 0)
    FROM wallet_private.transfer AS t
    WHERE t.feed_position < (SELECT wallet_private.feed_horizon())
$$;

COMMENT ON FUNCTION wallet.get_feed_position() IS
'How far the feed has got: a number that has grown when there is something to read. One who asks
again and again knows it for all who wait.
Returns: bigint.
Locks: nothing.
Raises: nothing.';
