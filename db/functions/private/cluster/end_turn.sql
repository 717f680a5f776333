CREATE OR REPLACE FUNCTION wallet_private.end_turn() RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- However often it was taken.
    SELECT pg_advisory_unlock_all()
$$;
