CREATE OR REPLACE FUNCTION wallet.drop_alert(p_alert text, p_actor text DEFAULT NULL)
RETURNS void
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
    DELETE FROM wallet_private.alert AS a WHERE a.alert_id = v_alert.alert_id;
    PERFORM wallet_private.record_action('drop_alert', p_alert, to_jsonb(v_alert), p_actor);
END
$$;

COMMENT ON FUNCTION wallet.drop_alert(text, text) IS
'Ends an alert. What it has raised can still be read.
Returns: nothing.
Locks: nobody checks the alerts meanwhile.
Raises: WA101 WA106 WA221';
