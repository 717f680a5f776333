CREATE OR REPLACE FUNCTION wallet_private.held_lots(
    p_user_id uuid, p_asset_id integer, p_at timestamptz
) RETURNS TABLE (lot_id bigint, amount numeric)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What open holds hold of each lot of a wallet, now (p_at NULL) or at an instant.
    SELECT u.lot, sum(u.amount)
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
$$;
