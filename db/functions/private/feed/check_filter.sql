CREATE OR REPLACE FUNCTION wallet_private.check_filter(
    INOUT p_subscription wallet_private.subscription,
    p_assets text[],
    p_kinds text[],
    p_alerts text[]
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Puts the given parts of a filter into a subscription. An empty array lets all through.
DECLARE
    v_asset_ids integer[] := ARRAY[]::integer[];
    v_asset text;
    v_kind text;
BEGIN
    IF p_assets IS NOT NULL THEN
        FOREACH v_asset IN ARRAY p_assets LOOP
            v_asset_ids := v_asset_ids || (wallet_private.find_asset(v_asset)).asset_id;
        END LOOP;
        p_subscription.asset_ids := nullif(v_asset_ids, ARRAY[]::integer[]);
    END IF;
    IF p_kinds IS NOT NULL THEN
        FOREACH v_kind IN ARRAY p_kinds LOOP
            PERFORM wallet_private.check_given('kind', v_kind);
            PERFORM wallet_private.check_choice('kind', v_kind, ARRAY[
                'TOPUP', 'BONUS', 'SPEND', 'CONVERT', 'TASK', 'PURCHASE', 'CAPTURE', 'REVERSAL',
                'ADJUST', 'EXPIRE', 'REFUND', 'REPAY', 'FORGIVE', 'HOLD', 'RELEASE', 'ALERT'
            ]);
        END LOOP;
        p_subscription.kinds := nullif(p_kinds, ARRAY[]::text[]);
    END IF;
    IF p_alerts IS NOT NULL THEN
        PERFORM wallet_private.find_alert(l.alert) FROM unnest(p_alerts) AS l (alert);
        p_subscription.alerts := nullif(p_alerts, ARRAY[]::text[]);
    END IF;
END
$$;
