CREATE OR REPLACE FUNCTION wallet_private.list_names(p_kind text, p_names text[])
RETURNS TABLE (name text, place integer, user_id uuid)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT n.name, n.place, n.user_id FROM wallet_private.name AS n
    WHERE n.kind = p_kind AND n.name = ANY (p_names)
$$;
