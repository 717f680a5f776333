CREATE OR REPLACE FUNCTION wallet_private.places_that_answer() RETURNS integer[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The partitions that answer now, all of them asked at once. The session remembers for a while who
-- is away, and does not ask him.
DECLARE
    v_now double precision := EXTRACT(EPOCH FROM clock_timestamp());
    v_places integer[] := '{}';
    v_until text;
BEGIN
    FOR v_place IN 0..wallet_private.partitions() - 1 LOOP
        v_until := nullif(current_setting('pgwallet.away_' || v_place, true), '');
        IF v_until IS NULL THEN
            v_places := v_places || v_place;
        ELSIF v_now > v_until::double precision THEN
            v_places := v_places || wallet_private.alive_of(ARRAY[v_place]);
        END IF;
    END LOOP;
    BEGIN
        PERFORM wallet_private.split_here(v_places);
    EXCEPTION
        WHEN OTHERS THEN
            v_places := wallet_private.alive_of(v_places);
    END;
    IF v_places = '{}' THEN
        PERFORM wallet_private.refuse_away('no partition answers');
    END IF;
    RETURN v_places;
END
$$;
