CREATE OR REPLACE FUNCTION wallet_private.to_alert_event(
    p_event wallet_private.alert_event, p_asset wallet_private.asset, p_cursor text
) RETURNS wallet.event
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- It moves nothing; its balance is what the alert measured.
    SELECT ROW(
        p_event.event_id, 1, 'ALERT',
        nullif(p_event.user_id, '00000000-0000-0000-0000-000000000000'), p_asset.code,
        round(0::numeric, p_asset.scale), NULL, round(p_event.value, p_asset.scale),
        p_event.seq, p_event.alert, NULL, p_event.details, p_event.actor, p_event.created_at,
        p_cursor
    )::wallet.event
$$;
