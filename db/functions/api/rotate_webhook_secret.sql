CREATE OR REPLACE FUNCTION wallet.rotate_webhook_secret(
    p_subscription text,
    p_secret text DEFAULT NULL,
    p_overlap interval DEFAULT '24 hours',
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
    v_secret text := wallet_private.new_secret(p_secret);
    v_overlap interval := coalesce(p_overlap, '24 hours');
BEGIN
    PERFORM wallet_private.check_range('overlap', v_overlap, '0', '30 days');

    UPDATE wallet_private.webhook AS w
    SET secret = v_secret,
        old_secret = w.secret,
        old_secret_ends_at = clock_timestamp() + v_overlap
    WHERE w.subscription_id = v_webhook.subscription_id
    RETURNING * INTO v_webhook;
    PERFORM wallet_private.record_action(
        'rotate_webhook_secret', p_subscription,
        jsonb_build_object('old_secret_ends_at', v_webhook.old_secret_ends_at), p_actor
    );
    RETURN wallet_private.to_webhook(v_webhook, v_secret);
END
$$;

COMMENT ON FUNCTION wallet.rotate_webhook_secret(text, text, interval, text) IS
'Gives a webhook another secret, at random unless it is given. For p_overlap (at most 30 days)
events are signed with the old one too. A secret older than these two ends at once.
Returns: wallet.webhook, this time with the secret.
Locks: the webhook.
Raises: WA101 WA106 WA109 WA126 WA220 WA225';
