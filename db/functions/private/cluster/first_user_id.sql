CREATE OR REPLACE FUNCTION wallet_private.first_user_id() RETURNS uuid
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT u.user_id FROM wallet_private.user_account AS u ORDER BY u.user_id LIMIT 1
$$;
