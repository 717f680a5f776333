CREATE OR REPLACE FUNCTION wallet_private.note_copies(p_places integer[], p_catalogue bigint)
RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- In partition 0: these partitions have a catalogue with this number.
    INSERT INTO wallet_private.catalogue_copy AS c (place, catalogue)
    SELECT p.place, p_catalogue FROM unnest(p_places) AS p (place) ORDER BY p.place
    ON CONFLICT (place) DO UPDATE SET catalogue = excluded.catalogue
    WHERE c.catalogue < excluded.catalogue
$$;
