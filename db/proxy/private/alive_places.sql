CREATE OR REPLACE FUNCTION wallet_private.alive_places() RETURNS integer[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The partitions that answer and have the catalogue as it is.
DECLARE
    v_alive integer[] := '{}';
BEGIN
    FOR v_place IN 0..wallet_private.partitions() - 1 LOOP
        BEGIN
            PERFORM wallet_private.here(wallet_private.ready_place(v_place));
            v_alive := v_alive || v_place;
        EXCEPTION
            WHEN OTHERS THEN
                IF NOT wallet_private.is_away(SQLSTATE, SQLERRM) THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
    RETURN v_alive;
END
$$;
