CREATE OR REPLACE FUNCTION wallet_private.see_webhook(p_subscription text) RETURNS wallet.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT w FROM wallet_private.run_list_webhooks() AS w
        WHERE w.subscription = p_subscription
    );
END
$$;
