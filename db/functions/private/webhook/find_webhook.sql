CREATE OR REPLACE FUNCTION wallet_private.find_webhook(p_subscription text)
RETURNS wallet_private.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_subscription wallet_private.subscription :=
        wallet_private.find_subscription(p_subscription);
    v_webhook wallet_private.webhook;
BEGIN
    SELECT w.* INTO v_webhook
    FROM wallet_private.webhook AS w
    WHERE w.subscription_id = v_subscription.subscription_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'webhook not found'
            USING ERRCODE = 'WA225',
                DETAIL = format('Subscription %s has no webhook.', p_subscription),
                HINT = 'wallet.create_webhook() makes one.';
    END IF;
    RETURN v_webhook;
END
$$;
