CREATE OR REPLACE FUNCTION wallet_private.all_places() RETURNS integer[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ARRAY(
        SELECT p.place FROM generate_series(0, wallet_private.partitions() - 1) AS p (place)
    )
$$;
