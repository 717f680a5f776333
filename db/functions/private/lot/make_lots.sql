CREATE OR REPLACE FUNCTION wallet_private.make_lots(p_asset wallet_private.asset) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Makes lots of what users hold of an asset, and gives its open holds their lots. The caller makes
-- sure that nothing of the asset moves meanwhile, and has expired its holds.
DECLARE
    v_hold wallet_private.hold;
    v_lots jsonb;
BEGIN
    INSERT INTO wallet_private.lot (
        user_id, asset_id, lot_id, origin, amount, remaining, expires_at
    )
    SELECT p.user_id, p.asset_id, p.lot_id, p.origin, p.amount, p.remaining, p.expires_at
    FROM wallet_private.wallet AS w
    CROSS JOIN LATERAL wallet_private.past_lots(w.user_id, w.asset_id, w.seq) AS p
    WHERE w.asset_id = p_asset.asset_id;

    FOR v_hold IN
        SELECT h.* FROM wallet_private.hold AS h
        WHERE h.asset_id = p_asset.asset_id AND h.status = 'open'
        ORDER BY h.user_id, h.created_at
    LOOP
        v_lots := wallet_private.pick_lots(
            ARRAY(
                SELECT l FROM wallet_private.lot AS l
                WHERE l.user_id = v_hold.user_id AND l.asset_id = p_asset.asset_id
                ORDER BY wallet_private.lot_rank(l, p_asset.lot_order)
            ),
            v_hold.amount - v_hold.captured
        );
        UPDATE wallet_private.lot AS l SET held = l.held + u.amount
        FROM jsonb_to_recordset(v_lots) AS u (lot bigint, amount numeric)
        WHERE l.user_id = v_hold.user_id AND l.asset_id = p_asset.asset_id AND l.lot_id = u.lot;
        -- What was captured before was no lot's.
        UPDATE wallet_private.hold AS h
        SET lots = jsonb_build_array(
            jsonb_build_object('lot', NULL, 'amount', v_hold.captured)
        ) || v_lots
        WHERE h.user_id = v_hold.user_id AND h.hold_id = v_hold.hold_id;
    END LOOP;
    UPDATE wallet_private.wallet AS w SET is_plain = false
    WHERE w.asset_id = p_asset.asset_id;
END
$$;
