CREATE OR REPLACE FUNCTION wallet_private.end_erasure(p_user_id uuid) RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- All partitions have forgotten the user.
    DELETE FROM wallet_private.half_erased AS h WHERE h.user_id = p_user_id
$$;
