CREATE OR REPLACE FUNCTION wallet_private.find_subscription(p_code text)
RETURNS wallet_private.subscription
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_subscription wallet_private.subscription;
BEGIN
    PERFORM wallet_private.check_given('subscription', p_code);
    SELECT s.* INTO v_subscription FROM wallet_private.subscription AS s WHERE s.code = p_code;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'subscription not found'
            USING ERRCODE = 'WA220',
                DETAIL = format('There is no subscription %s.', left(quote_literal(p_code), 40)),
                HINT = 'Mind the case; wallet.list_subscriptions() lists them.';
    END IF;
    RETURN v_subscription;
END
$$;
