CREATE OR REPLACE FUNCTION wallet_private.note_start() RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET lock_timeout = '10ms'
AS $$
-- Notes in the assets that the feed's base is right for this server. Other calls need not look
-- then. It does not wait for a transaction that has an asset locked.
BEGIN
    UPDATE wallet_private.asset AS a
    SET feed_base = f.base, server_started_at = pg_postmaster_start_time()
    FROM wallet_private.feed AS f
    WHERE a.server_started_at IS DISTINCT FROM pg_postmaster_start_time();
EXCEPTION
    WHEN lock_not_available OR serialization_failure THEN NULL;
END
$$;
