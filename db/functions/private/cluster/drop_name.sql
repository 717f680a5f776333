CREATE OR REPLACE FUNCTION wallet_private.drop_name(p_kind text, p_name text, p_user_id uuid)
RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- The user is erased: the name is free again.
    DELETE FROM wallet_private.name AS n
    WHERE n.kind = p_kind AND n.name = p_name AND n.user_id = p_user_id
$$;
