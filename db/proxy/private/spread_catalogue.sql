CREATE OR REPLACE FUNCTION wallet_private.spread_catalogue() RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Puts the catalogue of partition 0 into all others. One that is away gets it later, before it
-- serves again: wallet_private.ready_place.
DECLARE
    v_catalogue jsonb := wallet_private.get_catalogue(0);
    v_number bigint;
    v_copies integer[];
BEGIN
    FOR v_place IN 1..wallet_private.partitions() - 1 LOOP
        BEGIN
            v_number := wallet_private.put_catalogue(v_place, v_catalogue);
            v_copies := v_copies || v_place;
        EXCEPTION
            WHEN OTHERS THEN
                RAISE LOG 'partition % has to catch up: %', v_place, SQLERRM;
        END;
    END LOOP;
    PERFORM wallet_private.note_copies(0, v_copies, (v_catalogue ->> 'catalogue')::bigint);
    PERFORM set_config('pgwallet.ask_again', '', false);
END
$$;
