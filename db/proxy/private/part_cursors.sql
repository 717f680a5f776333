CREATE OR REPLACE FUNCTION wallet_private.part_cursors(p_subscription text, p_cursor text)
RETURNS text[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The cursor of each partition, which are the parts of a cursor between its dots. One that has
-- more or fewer parts is refused as a partition refuses what has a dot.
DECLARE
    v_cursors text[] := string_to_array(p_cursor, '.');
BEGIN
    IF p_cursor IS NULL THEN
        RETURN array_fill(NULL::text, ARRAY[wallet_private.partitions()]);
    ELSIF cardinality(v_cursors) <> wallet_private.partitions() THEN
        PERFORM wallet_private.read_events(
            wallet_private.any_place(), p_subscription, 1, p_cursor || '.'
        );
    END IF;
    RETURN v_cursors;
END
$$;
