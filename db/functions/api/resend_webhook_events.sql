CREATE OR REPLACE FUNCTION wallet.resend_webhook_events(
    p_subscription text, p_transaction_id uuid DEFAULT NULL, p_actor text DEFAULT NULL
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
    v_now timestamptz := clock_timestamp();
BEGIN
    -- As whoever takes or settles: the webhook first, then its events.
    UPDATE wallet_private.webhook AS w SET taken_at = w.taken_at
    WHERE w.subscription_id = v_webhook.subscription_id
    RETURNING * INTO v_webhook;
    IF p_transaction_id IS NULL THEN
        UPDATE wallet_private.webhook_event AS e SET tries = 0, next_try_at = v_now
        WHERE e.subscription_id = v_webhook.subscription_id AND e.next_try_at IS NULL;
    ELSE
        INSERT INTO wallet_private.webhook_event AS e (
            subscription_id, user_id, asset_id, seq, tries, next_try_at
        )
        SELECT v_webhook.subscription_id, t.user_id, t.asset_id, t.seq, 0, v_now
        FROM (
            SELECT t.user_id, t.asset_id, t.seq FROM wallet_private.transfer AS t
            WHERE t.transaction_id = p_transaction_id
            UNION ALL
            SELECT r.user_id, r.asset_id, r.seq FROM wallet_private.alert_event AS r
            WHERE r.event_id = p_transaction_id
        ) AS t
        ON CONFLICT (subscription_id, user_id, asset_id, seq)
        DO UPDATE SET tries = 0, next_try_at = v_now;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'transaction not found'
                USING ERRCODE = 'WA206',
                    DETAIL = format('There is no transaction %s.', p_transaction_id),
                    HINT = 'An event''s transaction_id names its transaction.';
        END IF;
    END IF;
    PERFORM wallet_private.record_action(
        'resend_webhook_events', p_subscription,
        jsonb_build_object('transaction_id', p_transaction_id), p_actor
    );
    RETURN wallet_private.to_webhook(v_webhook);
END
$$;

COMMENT ON FUNCTION wallet.resend_webhook_events(text, uuid, text) IS
'Sends all parked events of a webhook again, or those of one transaction, whether they are parked,
wait, or have arrived already. Each begins with its first try.
Returns: wallet.webhook, with how many events now wait.
Locks: the webhook, then its events.
Raises: WA101 WA106 WA206 WA220 WA225';
