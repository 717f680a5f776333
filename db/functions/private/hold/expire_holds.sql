CREATE OR REPLACE FUNCTION wallet_private.expire_holds(
    p_user_id uuid, p_asset_id integer, p_now timestamptz DEFAULT clock_timestamp()
) RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Gives back what expired holds of one wallet still hold. Returns how many holds expired.
DECLARE
    v_holds bigint;
    v_released numeric;
    v_is_plain boolean;
BEGIN
    PERFORM FROM wallet_private.hold AS h
    WHERE h.user_id = p_user_id AND h.asset_id = p_asset_id AND h.status = 'open'
        AND h.expires_at <= p_now;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    PERFORM wallet_private.lock_wallet(p_user_id, p_asset_id);
    PERFORM wallet_private.give_back_use(h.user_id, g.limit_id, g.period, g.used)
    FROM wallet_private.hold AS h
    INNER JOIN wallet_private.asset AS a ON a.asset_id = h.asset_id AND a.is_limited
    CROSS JOIN LATERAL wallet_private.rest_of_hold(h) AS g
    WHERE h.user_id = p_user_id AND h.asset_id = p_asset_id AND h.status = 'open'
        AND h.expires_at <= p_now;

    WITH expired AS (
        UPDATE wallet_private.hold AS h
        SET status = 'expired', closed_at = h.expires_at
        WHERE h.user_id = p_user_id AND h.asset_id = p_asset_id AND h.status = 'open'
            AND h.expires_at <= p_now
        RETURNING h.amount - h.captured AS remaining, h.captured, h.lots
    ),

    freed AS (
        UPDATE wallet_private.lot AS l SET held = l.held - f.amount
        FROM (
            SELECT u.lot, sum(u.amount) AS amount
            FROM expired AS e
            CROSS JOIN LATERAL jsonb_to_recordset(
                wallet_private.slice_lots(e.lots, e.captured, e.remaining)
            ) AS u (lot bigint, amount numeric)
            GROUP BY u.lot
        ) AS f
        WHERE l.user_id = p_user_id AND l.asset_id = p_asset_id AND l.lot_id = f.lot
    )

    SELECT count(*), coalesce(sum(e.remaining), 0) INTO v_holds, v_released FROM expired AS e;

    UPDATE wallet_private.wallet AS w SET held = w.held - v_released
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id
    RETURNING w.is_plain INTO v_is_plain;
    IF NOT v_is_plain THEN
        PERFORM wallet_private.repay_debt(p_user_id, p_asset_id);
    END IF;
    RETURN v_holds;
END
$$;
