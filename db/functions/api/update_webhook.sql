CREATE OR REPLACE FUNCTION wallet.update_webhook(
    p_subscription text,
    p_url text DEFAULT NULL,
    p_status text DEFAULT NULL,
    p_is_ordered boolean DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_webhook wallet_private.webhook := wallet_private.find_webhook(p_subscription);
BEGIN
    PERFORM wallet_private.check_url(p_url);
    PERFORM wallet_private.check_choice('status', p_status, '{active,paused}');

    UPDATE wallet_private.webhook AS w
    SET url = coalesce(p_url, w.url),
        status = coalesce(p_status, w.status),
        is_ordered = coalesce(p_is_ordered, w.is_ordered),
        failures = 0,
        rest_ends_at = NULL
    WHERE w.subscription_id = v_webhook.subscription_id
    RETURNING * INTO v_webhook;
    PERFORM wallet_private.record_action(
        'update_webhook', p_subscription, jsonb_build_object(
            'url', v_webhook.url, 'status', v_webhook.status, 'is_ordered', v_webhook.is_ordered
        ), p_actor
    );
    RETURN wallet_private.to_webhook(v_webhook);
END
$$;

COMMENT ON FUNCTION wallet.update_webhook(text, text, text, boolean, text) IS
'Changes what is given of a webhook and leaves the rest (NULL). To one that is paused nothing is
sent, and nothing is lost: once active again it goes on where it was. So does one that is gone
because its receiver answered 410. The receiver is asked again at once, if it was left in peace.
Returns: wallet.webhook.
Locks: the webhook.
Raises: WA101 WA106 WA110 WA125 WA220 WA225';
