CREATE OR REPLACE FUNCTION wallet_private.make_secret(p_secret text) RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- One for all partitions: the one given, or one at random.
    SELECT wallet_private.new_secret(p_secret)
$$;
