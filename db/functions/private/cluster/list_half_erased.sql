CREATE OR REPLACE FUNCTION wallet_private.list_half_erased(p_user_id uuid)
RETURNS TABLE (user_id uuid, external_id text, email text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- Whom the other partitions have to forget: one user, or all (NULL).
    SELECT h.user_id, h.external_id, h.email
    FROM wallet_private.half_erased AS h
    WHERE p_user_id IS NULL OR h.user_id = p_user_id
    ORDER BY h.user_id
$$;
