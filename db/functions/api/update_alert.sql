CREATE OR REPLACE FUNCTION wallet.update_alert(
    p_alert text,
    p_threshold numeric DEFAULT NULL,
    p_margin numeric DEFAULT NULL,
    p_within interval DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.alert
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_alert wallet_private.alert;
BEGIN
    PERFORM wallet_private.lock_alerts();
    v_alert := wallet_private.find_alert(p_alert);
    PERFORM wallet_private.check_threshold(p_threshold, p_margin, v_alert.is_share);
    v_alert.threshold := coalesce(p_threshold, v_alert.threshold);
    v_alert.margin := coalesce(p_margin, v_alert.margin);
    v_alert.within := coalesce(
        wallet_private.check_duration('within', p_within), v_alert.within
    );
    PERFORM wallet_private.check_alert(v_alert);

    -- It begins anew: who was beyond the old threshold is not beyond the new one.
    UPDATE wallet_private.alert AS a
    SET threshold = v_alert.threshold,
        margin = v_alert.margin,
        within = v_alert.within,
        told_until_at = CASE WHEN p_within IS NULL THEN a.told_until_at ELSE clock_timestamp() END
    WHERE a.alert_id = v_alert.alert_id
    RETURNING a.* INTO v_alert;
    IF p_threshold IS NOT NULL OR p_margin IS NOT NULL THEN
        DELETE FROM wallet_private.alert_crossing AS x WHERE x.alert_id = v_alert.alert_id;
    END IF;
    PERFORM wallet_private.record_action('update_alert', p_alert, to_jsonb(v_alert), p_actor);
    RETURN wallet_private.to_alert(v_alert);
END
$$;

COMMENT ON FUNCTION wallet.update_alert(text, numeric, numeric, interval, text) IS
'Changes what is given of an alert and leaves the rest (NULL). With another threshold or margin it
can be raised again for everyone, at the next crossing. It holds for what has not been checked yet.
Returns: wallet.alert.
Locks: nobody checks the alerts meanwhile.
Raises: WA101 WA106 WA109 WA221 WA322';
