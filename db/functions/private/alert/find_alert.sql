CREATE OR REPLACE FUNCTION wallet_private.find_alert(p_code text) RETURNS wallet_private.alert
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_alert wallet_private.alert;
BEGIN
    PERFORM wallet_private.check_given('alert', p_code);
    SELECT a.* INTO v_alert FROM wallet_private.alert AS a WHERE a.code = p_code;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'alert not found'
            USING ERRCODE = 'WA221',
                DETAIL = format('There is no alert %s.', left(quote_literal(p_code), 40)),
                HINT = 'Mind the case; wallet.list_alerts() lists them.';
    END IF;
    RETURN v_alert;
END
$$;
