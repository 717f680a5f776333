CREATE OR REPLACE FUNCTION wallet_private.run_update_webhook(
    p_subscription text, p_url text, p_status text, p_is_ordered boolean, p_actor text
) RETURNS wallet.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    FOR v_place IN 0..wallet_private.partitions() - 1 LOOP
        PERFORM wallet_private.update_webhook(
            v_place, p_subscription, p_url, p_status, p_is_ordered, p_actor
        );
    END LOOP;
    RETURN wallet_private.see_webhook(p_subscription);
END
$$;
