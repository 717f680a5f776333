CREATE OR REPLACE FUNCTION wallet_private.lots_at(
    p_user_id uuid, p_asset_id integer, p_at timestamptz
) RETURNS SETOF wallet_private.lot
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Shows a wallet's lots as they are (p_at NULL) or as they were at an instant, if anything was
    -- left of them. An expired lot is among them until its expiry was booked.
    SELECT
        l.user_id, l.asset_id, l.lot_id, l.origin, l.amount,
        l.remaining - coalesce(m.amount, 0), coalesce(h.amount, 0), l.expires_at, true
    FROM wallet_private.lot AS l
    LEFT JOIN (
        SELECT u.lot, sum(sign(t.amount) * u.amount) AS amount
        FROM wallet_private.transfer AS t
        CROSS JOIN LATERAL jsonb_to_recordset(t.details #> '{result,lots}') AS u (
            lot bigint, amount numeric
        )
        WHERE p_at IS NOT NULL AND t.user_id = p_user_id AND t.asset_id = p_asset_id
            AND t.seq > wallet_private.seq_at(p_user_id, p_asset_id, p_at)
        GROUP BY u.lot
    ) AS m ON l.lot_id = m.lot
    LEFT JOIN wallet_private.held_lots(p_user_id, p_asset_id, p_at) AS h ON l.lot_id = h.lot_id
    WHERE l.user_id = p_user_id AND l.asset_id = p_asset_id
        AND (l.is_open OR m.lot IS NOT NULL)
        AND (
            p_at IS NULL OR l.lot_id <= wallet_private.seq_at(p_user_id, p_asset_id, p_at)
        )
        AND l.remaining - coalesce(m.amount, 0) > 0
$$;
