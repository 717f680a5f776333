CREATE OR REPLACE FUNCTION wallet_private.run_rotate_webhook_secret(
    p_subscription text, p_secret text, p_overlap interval, p_actor text
) RETURNS wallet.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_secret text := wallet_private.make_secret(0, p_secret);
    v_webhook wallet.webhook;
BEGIN
    FOR v_place IN 0..wallet_private.partitions() - 1 LOOP
        PERFORM wallet_private.rotate_webhook_secret(
            v_place, p_subscription, v_secret, p_overlap, p_actor
        );
    END LOOP;
    v_webhook := wallet_private.see_webhook(p_subscription);
    v_webhook.secret := v_secret;
    RETURN v_webhook;
END
$$;
