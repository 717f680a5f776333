CREATE OR REPLACE FUNCTION wallet.create_alert(
    p_code text,
    p_measure text,
    p_asset text DEFAULT NULL,
    p_campaign text DEFAULT NULL,
    p_user_id uuid DEFAULT NULL,
    p_direction text DEFAULT NULL,
    p_threshold numeric DEFAULT NULL,
    p_margin numeric DEFAULT NULL,
    p_is_share boolean DEFAULT NULL,
    p_within interval DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.alert
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_campaign wallet_private.campaign;
    v_alert wallet_private.alert;
BEGIN
    PERFORM wallet_private.check_code(p_code);
    PERFORM wallet_private.check_given('measure', p_measure);
    PERFORM wallet_private.check_choice(
        'measure', p_measure, '{balance,outstanding,supply,budget,expiring}'
    );
    IF p_measure = 'budget' OR p_campaign IS NOT NULL THEN
        v_campaign := wallet_private.find_campaign(p_campaign);
        v_alert.campaign_id := v_campaign.campaign_id;
    END IF;
    v_alert.measure := p_measure;
    IF p_asset IS NOT NULL OR p_measure <> 'budget' THEN
        v_alert.asset_id := (wallet_private.find_asset(p_asset)).asset_id;
    ELSE
        v_alert.asset_id := v_campaign.asset_id;
    END IF;
    IF p_user_id IS NOT NULL THEN
        PERFORM wallet_private.find_user(p_user_id);
    END IF;
    PERFORM wallet_private.check_threshold(p_threshold, p_margin, p_is_share);
    v_alert.user_id := p_user_id;
    v_alert.direction := p_direction;
    v_alert.threshold := p_threshold;
    v_alert.margin := p_margin;
    v_alert.is_share := p_is_share;
    v_alert.within := wallet_private.check_duration('within', p_within);
    PERFORM wallet_private.check_alert(v_alert);

    -- Nobody looks meanwhile. The first alert has nothing to do with what was before.
    PERFORM wallet_private.lock_alerts();
    PERFORM wallet_private.feed_base(v_alert.asset_id);
    UPDATE wallet_private.alert_feed AS f SET place = wallet_private.feed_start('now')
    WHERE NOT EXISTS (SELECT FROM wallet_private.alert);

    -- What users hold, as of the place in the feed from which on transfers count: in one snapshot.
    PERFORM wallet_private.renew_feed();
    INSERT INTO wallet_private.alert (
        code, measure, asset_id, campaign_id, user_id, direction, threshold, margin, is_share,
        within, feed_position, outstanding, told_until_at
    )
    SELECT
        p_code, p_measure, v_alert.asset_id, v_alert.campaign_id, p_user_id, p_direction,
        p_threshold,
        CASE WHEN p_measure <> 'expiring' THEN coalesce(p_margin, 0) END,
        CASE WHEN p_measure IN ('supply', 'budget') THEN coalesce(p_is_share, false) END,
        v_alert.within, h.horizon,
        CASE WHEN p_measure IN ('outstanding', 'supply') THEN coalesce((
            SELECT sum(w.balance) FROM wallet_private.wallet AS w
            WHERE w.asset_id = v_alert.asset_id
        ), 0) - coalesce((
            SELECT sum(t.amount) FROM wallet_private.transfer AS t
            WHERE t.asset_id = v_alert.asset_id AND t.feed_position >= h.horizon
        ), 0) END,
        CASE WHEN p_measure = 'expiring' THEN clock_timestamp() END
    FROM wallet_private.feed_horizon() AS h (horizon)
    ON CONFLICT (code) DO NOTHING
    RETURNING * INTO v_alert;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('an alert', p_code);
    END IF;
    UPDATE wallet_private.alert AS a
    SET value = (
        SELECT s.value FROM wallet_private.alert_steps('{}') AS s WHERE s.alert_id = a.alert_id
    )
    WHERE a.alert_id = v_alert.alert_id
    RETURNING a.* INTO v_alert;
    PERFORM wallet_private.record_action('create_alert', p_code, to_jsonb(v_alert), p_actor);
    RETURN wallet_private.to_alert(v_alert);
END
$$;

COMMENT ON FUNCTION wallet.create_alert(
    text, text, text, text, uuid, text, numeric, numeric, boolean, interval, text
) IS
'Makes an alert: it is raised when what it measures falls below a threshold or rises above it
(p_direction), and again only when that has come back by p_margin. p_measure is balance (a user''s
of an asset; of any user without p_user_id), outstanding (what all users hold of an asset), supply
(what is left of an asset''s cap), budget (what is left of a campaign''s) or expiring: then a user
(or p_user_id) is told once of the lots that expire within p_within. With p_is_share, threshold and
margin are shares of the cap or budget, 0 to 1. What is beyond a threshold already is no crossing.
On a cluster it watches balances and lots, and no sums over all users (WA502).
Returns: wallet.alert.
Locks: nobody checks the alerts meanwhile. For outstanding and supply it sums up the asset''s
wallets.
Raises: WA101 WA106 WA109 WA110 WA114 WA201 WA202 WA208 WA304 WA322';
