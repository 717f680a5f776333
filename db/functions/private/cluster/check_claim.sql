CREATE OR REPLACE FUNCTION wallet_private.check_claim(
    p_external_id text, p_name text, p_email text, p_phone text
) RETURNS void
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- What can't become a user claims no name.
    SELECT wallet_private.check_user(p_external_id, p_name, p_email, p_phone)
$$;
