CREATE OR REPLACE FUNCTION wallet.update_subscription(
    p_subscription text,
    p_assets text[] DEFAULT NULL,
    p_kinds text[] DEFAULT NULL,
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
BEGIN
    v_subscription := wallet_private.find_subscription(p_subscription);
    v_subscription := wallet_private.check_filter(
        v_subscription, p_assets, p_kinds, p_alerts
    );

    UPDATE wallet_private.subscription AS s
    SET asset_ids = CASE WHEN p_assets IS NULL THEN s.asset_ids ELSE v_subscription.asset_ids END,
        kinds = CASE WHEN p_kinds IS NULL THEN s.kinds ELSE v_subscription.kinds END,
        alerts = CASE WHEN p_alerts IS NULL THEN s.alerts ELSE v_subscription.alerts END
    WHERE s.subscription_id = v_subscription.subscription_id
    RETURNING * INTO v_subscription;
    PERFORM wallet_private.record_action(
        'update_subscription', p_subscription, to_jsonb(v_subscription), p_actor
    );
    RETURN wallet_private.to_subscription(v_subscription);
END
$$;

COMMENT ON FUNCTION wallet.update_subscription(text, text[], text[], text, text[]) IS
'Changes what is given of a subscription''s filter and leaves the rest (NULL); an empty array lets
all through, of p_alerts all if p_kinds names ALERT, or else none. It holds for what has not been
read yet.
Returns: wallet.subscription.
Locks: the subscription.
Raises: WA101 WA106 WA110 WA202 WA220 WA221';
