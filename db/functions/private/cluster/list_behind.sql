CREATE OR REPLACE FUNCTION wallet_private.list_behind() RETURNS integer[]
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- In partition 0: the partitions that lack the last changes of the catalogue.
    SELECT ARRAY(
        SELECT s.place
        FROM generate_series(1, p.partitions - 1) AS s (place)
        LEFT JOIN wallet_private.catalogue_copy AS c ON c.place = s.place
        WHERE coalesce(c.catalogue, 0) < p.catalogue
    )
    FROM wallet_private.partition AS p
$$;
