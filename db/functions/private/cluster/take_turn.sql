CREATE OR REPLACE FUNCTION wallet_private.take_turn() RETURNS boolean
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- Whoever changes all partitions takes his turn in each: until end_turn, or until his session
    -- ends, nobody else changes them, and no share is taken from here.
    SELECT pg_advisory_lock(hashtext('pgwallet turn')) IS NOT NULL
$$;
