CREATE OR REPLACE FUNCTION wallet_private.to_alert(p_alert wallet_private.alert)
RETURNS wallet.alert
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_alert.code, p_alert.measure, a.code, c.code, p_alert.user_id, p_alert.direction,
        p_alert.threshold, p_alert.margin, p_alert.is_share, p_alert.within,
        round(p_alert.value, a.scale),
        (
            SELECT count(*) FROM wallet_private.alert_crossing AS x
            WHERE x.alert_id = p_alert.alert_id
        ),
        p_alert.created_at
    )::wallet.alert
    FROM wallet_private.asset AS a
    LEFT JOIN wallet_private.campaign AS c ON c.campaign_id = p_alert.campaign_id
    WHERE a.asset_id = p_alert.asset_id
$$;
