CREATE OR REPLACE FUNCTION wallet_private.find_name(p_kind text, p_name text)
RETURNS TABLE (claim_id uuid, place integer, user_id uuid)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT n.claim_id, n.place, n.user_id
    FROM wallet_private.name AS n
    WHERE n.kind = p_kind AND n.name = p_name
$$;
