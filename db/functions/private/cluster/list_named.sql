CREATE OR REPLACE FUNCTION wallet_private.list_named(p_kinds text[], p_names text[])
RETURNS TABLE (kind text, name text, user_id uuid)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- wallet_private.find_named for many; the user is NULL where nobody has the name.
    SELECT n.kind, n.name, coalesce(e.user_id, x.user_id)
    FROM unnest(p_kinds, p_names) AS n (kind, name)
    LEFT JOIN wallet_private.user_account AS e ON n.kind = 'email' AND lower(e.email) = n.name
    LEFT JOIN wallet_private.user_account AS x
        ON n.kind = 'external_id' AND x.external_id = n.name
$$;
