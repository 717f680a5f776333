CREATE OR REPLACE FUNCTION wallet_private.run_get_feed_position() RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The sum has grown when one of them has.
BEGIN
    RETURN (SELECT sum(g.position) FROM wallet_private.get_feed_position() AS g (position));
END
$$;
