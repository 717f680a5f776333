CREATE OR REPLACE FUNCTION wallet_private.take_over_feed(p_horizon bigint, p_identity text)
RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- The feed goes on here, where the partition has moved to: behind the horizon that it had where
    -- it came from, so no place that a reader knows is behind what comes now.
    UPDATE wallet_private.feed
    SET base = p_horizon,
        system_identifier = c.system_identifier,
        own_identity = wallet_private.own_feed_identity(),
        identity = p_identity
    FROM pg_control_system() AS c;
    -- An asset may have been here before, with another base.
    UPDATE wallet_private.asset SET feed_base = NULL, server_started_at = NULL
$$;
