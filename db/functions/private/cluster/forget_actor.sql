CREATE OR REPLACE FUNCTION wallet_private.forget_actor(p_user_id uuid, p_names text[])
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- wallet_private.erase_actor for a user whom a partition has erased. Returns whether the catalogue
-- of partition 0 has changed by it.
BEGIN
    RETURN wallet_private.erase_actor(p_user_id, p_names)
        AND EXISTS (SELECT FROM wallet_private.partition AS p WHERE p.number = 0)
        AND wallet_private.bump_catalogue() IS NOT NULL;
END
$$;
