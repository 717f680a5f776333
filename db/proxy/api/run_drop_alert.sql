CREATE OR REPLACE FUNCTION wallet_private.run_drop_alert(p_alert text, p_actor text) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- In partition 0 at the end. A try that failed may have ended it in others.
BEGIN
    FOR v_place IN REVERSE wallet_private.partitions() - 1..0 LOOP
        BEGIN
            PERFORM wallet_private.drop_alert(v_place, p_alert, p_actor);
        EXCEPTION
            WHEN SQLSTATE 'WA221' THEN
                IF v_place = 0 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
END
$$;
