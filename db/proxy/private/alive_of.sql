CREATE OR REPLACE FUNCTION wallet_private.alive_of(p_places integer[]) RETURNS integer[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Those of the partitions that answer. The session remembers until when the others are left out.
DECLARE
    v_alive integer[] := '{}';
    v_until double precision := EXTRACT(EPOCH FROM clock_timestamp()) + 10;
    v_place integer;
BEGIN
    FOREACH v_place IN ARRAY p_places LOOP
        BEGIN
            PERFORM wallet_private.here(v_place);
            v_alive := v_alive || v_place;
            PERFORM set_config('pgwallet.away_' || v_place, '', false);
        EXCEPTION
            WHEN OTHERS THEN
                IF NOT wallet_private.is_away(SQLSTATE, SQLERRM) THEN
                    RAISE;
                END IF;
                PERFORM set_config('pgwallet.away_' || v_place, v_until::text, false);
        END;
    END LOOP;
    RETURN v_alive;
END
$$;
