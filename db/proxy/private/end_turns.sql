CREATE OR REPLACE FUNCTION wallet_private.end_turns() RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Ends the turn in all partitions. Where a connection was lost, it ended with it.
BEGIN
    FOR v_place IN REVERSE wallet_private.partitions() - 1..0 LOOP
        BEGIN
            PERFORM wallet_private.end_turn(v_place);
        EXCEPTION
            WHEN OTHERS THEN NULL;
        END;
    END LOOP;
END
$$;
