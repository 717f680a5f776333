CREATE OR REPLACE FUNCTION wallet_private.run_create_webhook(
    p_subscription text, p_url text, p_secret text, p_is_ordered boolean, p_actor text
) RETURNS wallet.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- In partition 0 first: what has one, or is malformed, is refused there. If another partition
-- fails, all of it is taken back.
DECLARE
    v_secret text := wallet_private.make_secret(0, p_secret);
    v_webhook wallet.webhook;
BEGIN
    v_webhook := wallet_private.create_webhook(
        0, p_subscription, p_url, v_secret, p_is_ordered, p_actor
    );
    FOR v_place IN 1..wallet_private.partitions() - 1 LOOP
        PERFORM wallet_private.drop_webhook(v_place, p_subscription);
        PERFORM wallet_private.create_webhook(
            v_place, p_subscription, p_url, v_secret, p_is_ordered, p_actor
        );
    END LOOP;
    RETURN v_webhook;
EXCEPTION
    WHEN query_canceled OR OTHERS THEN
        IF v_webhook.url IS NOT NULL THEN
            PERFORM wallet_private.take_webhook_back(p_subscription);
        END IF;
        RAISE;
END
$$;
