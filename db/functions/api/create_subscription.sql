CREATE OR REPLACE FUNCTION wallet.create_subscription(
    p_code text,
    p_assets text[] DEFAULT NULL,
    p_kinds text[] DEFAULT NULL,
    p_user_id uuid DEFAULT NULL,
    p_start text DEFAULT 'now',
    p_actor text DEFAULT NULL,
    p_alerts text[] DEFAULT NULL
) RETURNS wallet.subscription
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_subscription wallet_private.subscription;
    v_start text := coalesce(p_start, 'now');
BEGIN
    PERFORM wallet_private.check_code(p_code, '^[A-Za-z][A-Za-z0-9_]{0,63}$');
    v_subscription := wallet_private.check_filter(
        v_subscription, p_assets, p_kinds, p_alerts
    );
    IF p_user_id IS NOT NULL THEN
        PERFORM wallet_private.find_user(p_user_id);
    END IF;
    PERFORM wallet_private.check_choice('start', v_start, '{now,beginning}');
    PERFORM wallet_private.check_feed();
    -- Of a dump that was restored, the place that is now is not known before this.
    PERFORM wallet_private.renew_feed();

    INSERT INTO wallet_private.subscription (
        code, asset_ids, kinds, user_id, alerts, place
    )
    VALUES (
        p_code, v_subscription.asset_ids, v_subscription.kinds, p_user_id,
        v_subscription.alerts, wallet_private.feed_start(v_start)
    )
    ON CONFLICT (code) DO NOTHING
    RETURNING * INTO v_subscription;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('a subscription', p_code);
    END IF;
    PERFORM wallet_private.record_action(
        'create_subscription', p_code, to_jsonb(v_subscription), p_actor
    );
    RETURN wallet_private.to_subscription(v_subscription);
END
$$;

COMMENT ON FUNCTION wallet.create_subscription(
    text, text[], text[], uuid, text, text, text[]
) IS
'Makes a subscription to the feed of events: its code, and what it lets through of assets, of kinds
and of users (NULL = all). It gets alerts if p_kinds names ALERT, or those that p_alerts names. It
begins now, or at the beginning of the ledger. What is under way is still to come in both.
Returns: wallet.subscription.
Locks: nothing that others wait for.
Raises: WA101 WA106 WA110 WA114 WA201 WA202 WA221 WA304 WA321';
