CREATE OR REPLACE FUNCTION wallet_private.note_start() RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET lock_timeout = '10ms'
AS $$
-- That the server has started anew and is the same, so that others need not look. Whoever is at it
-- already is not waited for.
BEGIN
    UPDATE wallet_private.feed AS f SET server_started_at = pg_postmaster_start_time()
    WHERE f.server_started_at <> pg_postmaster_start_time();
EXCEPTION
    WHEN lock_not_available OR serialization_failure THEN NULL;
END
$$;
