CREATE OR REPLACE FUNCTION wallet_private.run_update_alert(
    p_alert text, p_threshold numeric, p_margin numeric, p_within interval, p_actor text
) RETURNS wallet.alert
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    FOR v_place IN REVERSE wallet_private.partitions() - 1..0 LOOP
        PERFORM wallet_private.update_alert(
            v_place, p_alert, p_threshold, p_margin, p_within, p_actor
        );
    END LOOP;
    RETURN (SELECT a FROM wallet_private.run_list_alerts() AS a WHERE a.alert = p_alert);
END
$$;
