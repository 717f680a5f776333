CREATE OR REPLACE FUNCTION wallet_private.check_alert(p_alert wallet_private.alert) RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Whether the alert has what its measure needs, and no more.
DECLARE
    v_asset wallet_private.asset;
    v_surplus text;
BEGIN
    v_surplus := CASE
        WHEN p_alert.user_id IS NOT NULL AND p_alert.measure <> ALL ('{balance,expiring}')
            THEN 'user_id'
        WHEN p_alert.is_share AND p_alert.measure <> ALL ('{supply,budget}') THEN 'is_share'
        WHEN p_alert.campaign_id IS NOT NULL AND p_alert.measure <> 'budget' THEN 'campaign'
        WHEN p_alert.asset_id <> (
            SELECT c.asset_id FROM wallet_private.campaign AS c
            WHERE c.campaign_id = p_alert.campaign_id
        ) THEN 'asset but its campaign''s'
        WHEN p_alert.within IS NOT NULL AND p_alert.measure <> 'expiring' THEN 'within'
        WHEN p_alert.measure = 'expiring' THEN CASE
            WHEN p_alert.direction IS NOT NULL THEN 'direction'
            WHEN p_alert.threshold IS NOT NULL THEN 'threshold'
            WHEN p_alert.margin IS NOT NULL THEN 'margin'
        END
    END;
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = p_alert.asset_id;
    IF v_surplus IS NOT NULL
        OR p_alert.measure = 'expiring' AND v_asset.lot_order IS NULL THEN
        RAISE EXCEPTION 'the alert does not fit'
            USING ERRCODE = 'WA322',
                DETAIL = coalesce(
                    format('An alert over %s has no %s.', p_alert.measure, v_surplus),
                    format('Asset %s has no lots, so nothing expires.', v_asset.code)
                ),
                HINT = 'wallet.create_alert says what goes with which measure.';
    END IF;
    IF p_alert.measure = 'expiring' THEN
        PERFORM wallet_private.check_given('within', p_alert.within);
        RETURN;
    END IF;
    PERFORM wallet_private.check_given('direction', p_alert.direction);
    PERFORM wallet_private.check_choice('direction', p_alert.direction, '{below,above}');
    PERFORM wallet_private.check_given('threshold', p_alert.threshold);
END
$$;
