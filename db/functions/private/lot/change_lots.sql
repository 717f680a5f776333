CREATE OR REPLACE FUNCTION wallet_private.change_lots(
    p_lots wallet_private.lot[], p_uses jsonb, p_remaining numeric, p_held numeric
) RETURNS wallet_private.lot[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Shows lots after such a list of them has been used. Its amounts, by these signs, are added to
    -- what remains and to what is held. Neither falls below 0, whatever a forged list says.
    SELECT ARRAY(
        SELECT ROW(
            l.user_id, l.asset_id, l.lot_id, l.origin, l.amount,
            greatest(l.remaining + p_remaining * coalesce(u.amount, 0), 0),
            greatest(l.held + p_held * coalesce(u.amount, 0), 0),
            coalesce(wallet_private.to_instant(u.expires_at), l.expires_at),
            l.remaining + p_remaining * coalesce(u.amount, 0) > 0
        )::wallet_private.lot
        FROM unnest(p_lots) AS l
        LEFT JOIN (
            SELECT r.lot, sum(r.amount) AS amount, max(r.expires_at) AS expires_at
            FROM jsonb_to_recordset(p_uses) AS r (lot bigint, amount numeric, expires_at text)
            GROUP BY r.lot
        ) AS u ON l.lot_id = u.lot
    )
$$;
