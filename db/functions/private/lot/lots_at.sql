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
    LEFT JOIN (
        SELECT u.lot, sum(u.amount) AS amount
        FROM wallet_private.hold AS o
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(c.amount), 0) AS captured
            FROM wallet_private.hold_capture AS c
            WHERE c.user_id = o.user_id AND c.hold_id = o.hold_id
                AND (p_at IS NULL OR c.captured_at <= p_at)
        ) AS c
        CROSS JOIN LATERAL jsonb_to_recordset(
            wallet_private.slice_lots(o.lots, c.captured, o.amount - c.captured)
        ) AS u (lot bigint, amount numeric)
        WHERE o.user_id = p_user_id AND o.asset_id = p_asset_id
            AND o.expires_at > coalesce(p_at, statement_timestamp())
            AND CASE
                WHEN p_at IS NULL THEN o.status = 'open'
                ELSE o.created_at <= p_at AND (o.closed_at > p_at) IS NOT FALSE
            END
        GROUP BY u.lot
    ) AS h ON l.lot_id = h.lot
    WHERE l.user_id = p_user_id AND l.asset_id = p_asset_id
        AND (l.is_open OR m.lot IS NOT NULL)
        AND (
            p_at IS NULL OR l.lot_id <= wallet_private.seq_at(p_user_id, p_asset_id, p_at)
        )
        AND l.remaining - coalesce(m.amount, 0) > 0
$$;
