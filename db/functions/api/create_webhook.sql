CREATE OR REPLACE FUNCTION wallet.create_webhook(
    p_subscription text,
    p_url text,
    p_secret text DEFAULT NULL,
    p_is_ordered boolean DEFAULT true,
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
    v_subscription wallet_private.subscription :=
        wallet_private.find_subscription(p_subscription);
    v_secret text := wallet_private.new_secret(p_secret);
    v_webhook wallet_private.webhook;
BEGIN
    PERFORM wallet_private.check_given('url', p_url);
    PERFORM wallet_private.check_url(p_url);

    INSERT INTO wallet_private.webhook (subscription_id, url, secret, is_ordered)
    VALUES (v_subscription.subscription_id, p_url, v_secret, coalesce(p_is_ordered, true))
    ON CONFLICT (subscription_id) DO NOTHING
    RETURNING * INTO v_webhook;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('a webhook of subscription', p_subscription);
    END IF;
    PERFORM wallet_private.record_action(
        'create_webhook', p_subscription,
        jsonb_build_object('url', v_webhook.url, 'is_ordered', v_webhook.is_ordered), p_actor
    );
    RETURN wallet_private.to_webhook(v_webhook, v_secret);
END
$$;

COMMENT ON FUNCTION wallet.create_webhook(text, text, text, boolean, text) IS
'Has pgwallet deliver send a subscription''s events to a URL, from its cursor on. Its secret signs
them; without one it gets one at random. p_is_ordered false: an event does not wait until the ones
before it in its wallet have arrived.
Returns: wallet.webhook, this time with the secret.
Locks: nothing that others wait for.
Raises: WA101 WA106 WA125 WA126 WA220 WA304';
