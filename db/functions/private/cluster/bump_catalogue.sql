CREATE OR REPLACE FUNCTION wallet_private.bump_catalogue() RETURNS bigint
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- Part of every change of the catalogue in partition 0: a number for what it is now.
    UPDATE wallet_private.partition AS p SET catalogue = p.catalogue + 1 RETURNING p.catalogue
$$;
