CREATE OR REPLACE FUNCTION wallet.version() RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '0.3.0'
$$;

COMMENT ON FUNCTION wallet.version() IS
'Gives the version of these functions.
Returns: text, a semantic version.
Locks: nothing.
Raises: nothing.';
