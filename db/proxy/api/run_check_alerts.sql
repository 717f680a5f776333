CREATE OR REPLACE FUNCTION wallet_private.run_check_alerts(p_limit integer)
RETURNS wallet.alert_check
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- In all partitions that answer; who is away looks later.
DECLARE
    v_place integer;
    v_part wallet.alert_check;
    v_result wallet.alert_check := ROW(0, 0, true);
BEGIN
    FOREACH v_place IN ARRAY wallet_private.places_that_answer() LOOP
        v_part := wallet_private.check_alerts(v_place, p_limit);
        v_result.alerts := v_result.alerts + v_part.alerts;
        v_result.transfers := v_result.transfers + v_part.transfers;
        v_result.is_last := v_result.is_last AND v_part.is_last;
    END LOOP;
    RETURN v_result;
END
$$;
