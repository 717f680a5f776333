CREATE OR REPLACE FUNCTION wallet.schema_version() RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT max(substring(m.file_name FROM 'V[0-9]+'))
    FROM wallet_private.migration AS m
$$;

COMMENT ON FUNCTION wallet.schema_version() IS
'Names the newest versioned schema file that was applied, such as V0001.
Returns: text.
Locks: nothing.
Raises: nothing.';
