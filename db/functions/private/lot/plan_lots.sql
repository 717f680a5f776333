CREATE OR REPLACE FUNCTION wallet_private.plan_lots(
    p_transfer wallet_private.transfer, p_hold numeric
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Writes into the details of a transfer which lot it makes, or which lots it uses, frees or gives
-- back to. Returns NULL if the wallet is plain, or there is none. The caller has locked the wallet,
-- so it stays like this until the transfer is posted.
DECLARE
    v_with_holds boolean := p_transfer.kind NOT IN ('CAPTURE', 'RELEASE');
    -- What changes a debt has booked what is due before.
    v_booked_at timestamptz := CASE WHEN p_transfer.kind IN ('REFUND', 'REPAY', 'FORGIVE')
        THEN p_transfer.created_at
    END;
    v_may_be_due boolean;
    v_order text;
    v_lots wallet_private.lot[];  -- with anything left, in the order of use
    v_asset wallet_private.asset;
    v_original wallet_private.transfer;
    v_uses jsonb;
BEGIN
    IF p_transfer.kind IN ('REVERSAL', 'REFUND') THEN
        SELECT t.* INTO v_original FROM wallet_private.transfer AS t
        WHERE t.user_id = p_transfer.user_id AND t.asset_id = p_transfer.asset_id
            AND t.transaction_id = (p_transfer.details ->> 'transaction_id')::uuid;
    END IF;
    -- In one statement, since most of its cost is to begin it. What is due is booked, and then it
    -- is read once more. A reversal of a credit takes from that credit's own lot first. So does a
    -- refund, and then from what was paid for.
    LOOP
        SELECT
            n.lot_order, n.now, o.lots,
            (o.expires_at <= n.now) IS TRUE OR w.held > 0 AND v_with_holds
        INTO v_order, p_transfer.created_at, v_lots, v_may_be_due
        FROM wallet_private.wallet AS w
        INNER JOIN wallet_private.asset AS a ON a.asset_id = w.asset_id
        CROSS JOIN LATERAL (
            SELECT
                CASE WHEN p_transfer.kind = 'REFUND' AND a.lot_order IS NOT NULL THEN 'paid_first'
                    ELSE a.lot_order
                END AS lot_order,
                coalesce(
                    v_booked_at, greatest(clock_timestamp(), w.moved_at + interval '1 microsecond')
                ) AS now
        ) AS n
        CROSS JOIN LATERAL wallet_private.open_lots(
            w.user_id, w.asset_id, n.lot_order, v_original.seq
        ) AS o
        WHERE w.user_id = p_transfer.user_id AND w.asset_id = p_transfer.asset_id
            AND NOT w.is_plain;
        IF NOT FOUND THEN
            RETURN NULL;
        ELSIF v_order IS NULL OR p_transfer.amount = 0 AND p_hold = 0 THEN
            RETURN p_transfer;
        END IF;
        EXIT WHEN NOT v_may_be_due OR v_booked_at IS NOT NULL;
        v_booked_at := wallet_private.book_due(
            p_transfer.user_id, p_transfer.asset_id, v_with_holds
        );
    END LOOP;

    IF p_transfer.kind IN ('CAPTURE', 'RELEASE') THEN
        SELECT wallet_private.slice_lots(h.lots, h.captured, -p_hold) INTO v_uses
        FROM wallet_private.hold AS h
        WHERE h.user_id = p_transfer.user_id
            AND h.hold_id = (p_transfer.details ->> 'hold_id')::uuid;
    ELSIF p_transfer.amount > 0 AND v_original.details #> '{result,lots}' IS NOT NULL THEN
        v_uses := wallet_private.give_back_lots(p_transfer, v_original);
    ELSIF p_transfer.kind = 'REFUND' AND p_transfer.leg = 1 AND p_transfer.amount > 0 THEN
        v_uses := wallet_private.return_lots(p_transfer, v_original);
    ELSIF p_transfer.amount > 0 THEN
        -- The other leg of a conversion has planned this one.
        IF p_transfer.details #> '{result,lot}' IS NULL THEN
            SELECT a.* INTO v_asset FROM wallet_private.asset AS a
            WHERE a.asset_id = p_transfer.asset_id;
            p_transfer.details := wallet_private.with_result(
                p_transfer.details, 'lot', wallet_private.new_lot(p_transfer, v_asset)
            );
        END IF;
        RETURN p_transfer;
    ELSE
        v_uses := wallet_private.pick_lots(v_lots, p_hold - p_transfer.amount);
        p_transfer.details := wallet_private.with_uses(p_transfer.details, v_order, v_uses);
        RETURN p_transfer;
    END IF;
    p_transfer.details := wallet_private.with_result(p_transfer.details, 'lots', v_uses);
    RETURN p_transfer;
END
$$;
