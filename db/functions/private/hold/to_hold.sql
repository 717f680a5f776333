CREATE OR REPLACE FUNCTION wallet_private.to_hold(
    p_hold wallet_private.hold,
    p_asset text,
    p_transfer wallet_private.transfer,
    p_is_replay boolean
) RETURNS wallet.hold
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- A receipt shows the hold as it was then. Elsewhere p_is_replay is NULL, and an open hold
    -- whose time has passed is shown as expired.
    SELECT ROW(
        p_hold.hold_id, p_hold.user_id, p_asset, p_hold.amount, p_hold.captured,
        CASE
            WHEN s.status = 'open' THEN p_hold.amount - p_hold.captured
            ELSE round(0::numeric, scale(p_hold.amount))
        END,
        s.status, p_transfer.reference, p_transfer.metadata, p_hold.expires_at, p_hold.created_at,
        p_is_replay
    )::wallet.hold
    FROM (SELECT CASE
        WHEN p_is_replay IS NULL AND p_hold.status = 'open'
            AND p_hold.expires_at <= statement_timestamp() THEN 'expired'
        ELSE p_hold.status
    END AS status) AS s
$$;
