CREATE OR REPLACE FUNCTION wallet_private.find_named(p_kind text, p_name text) RETURNS uuid
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- The user of this partition who has a name.
    SELECT u.user_id FROM wallet_private.user_account AS u
    WHERE (p_kind = 'email' AND lower(u.email) = p_name)
        OR (p_kind = 'external_id' AND u.external_id = p_name)
$$;
