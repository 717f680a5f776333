CREATE OR REPLACE FUNCTION wallet.resend_webhook_events(
    p_subscription text, p_transaction_id uuid DEFAULT NULL, p_actor text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_webhook wallet_private.webhook := wallet_private.find_webhook(p_subscription);
    v_now timestamptz := clock_timestamp();
    v_events bigint;
BEGIN
    -- As whoever takes or settles: the webhook first, then its events.
    UPDATE wallet_private.webhook AS w SET taken_at = w.taken_at
    WHERE w.subscription_id = v_webhook.subscription_id;
    IF p_transaction_id IS NULL THEN
        UPDATE wallet_private.webhook_event AS e SET tries = 0, next_try_at = v_now
        WHERE e.subscription_id = v_webhook.subscription_id AND e.next_try_at IS NULL;
    ELSE
        INSERT INTO wallet_private.webhook_event AS e (
            subscription_id, user_id, asset_id, seq, tries, next_try_at
        )
        SELECT v_webhook.subscription_id, t.user_id, t.asset_id, t.seq, 0, v_now
        FROM wallet_private.transfer AS t
        WHERE t.transaction_id = p_transaction_id
        ON CONFLICT (subscription_id, user_id, asset_id, seq)
        DO UPDATE SET tries = 0, next_try_at = v_now;
    END IF;
    GET DIAGNOSTICS v_events = ROW_COUNT;
    PERFORM wallet_private.record_action(
        'resend_webhook_events', p_subscription,
        jsonb_build_object('transaction_id', p_transaction_id, 'events', v_events), p_actor
    );
    RETURN v_events;
END
$$;

COMMENT ON FUNCTION wallet.resend_webhook_events(text, uuid, text) IS
'Sends all parked events of a webhook again, or those of one transaction, whether they are parked,
wait, or have arrived already. Each begins with its first try.
Returns: bigint, how many events; 0 if there is nothing to send.
Locks: the webhook, then its events.
Raises: WA106 WA220 WA225';
