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
    v_asset wallet_private.asset;
    v_original wallet_private.transfer;
    v_order text;
    v_lots jsonb;
BEGIN
    SELECT a.* INTO v_asset
    FROM wallet_private.asset AS a
    INNER JOIN wallet_private.wallet AS w ON w.asset_id = a.asset_id
    WHERE w.user_id = p_transfer.user_id AND w.asset_id = p_transfer.asset_id
        AND NOT w.is_plain;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF v_asset.is_debt_blocking THEN
        PERFORM wallet_private.refuse_debtor(v_asset, p_transfer);
    END IF;
    IF v_asset.lot_order IS NULL THEN
        RETURN p_transfer;
    END IF;
    -- What changes a debt has booked it before, and may move nothing.
    IF p_transfer.kind NOT IN ('REFUND', 'REPAY', 'FORGIVE') THEN
        p_transfer.created_at := wallet_private.book_due(
            p_transfer.user_id, p_transfer.asset_id, p_transfer.kind NOT IN ('CAPTURE', 'RELEASE')
        );
    ELSIF p_transfer.amount = 0 THEN
        RETURN p_transfer;
    END IF;
    IF p_transfer.kind IN ('REVERSAL', 'REFUND') THEN
        SELECT t.* INTO v_original FROM wallet_private.transfer AS t
        WHERE t.user_id = p_transfer.user_id AND t.asset_id = p_transfer.asset_id
            AND t.transaction_id = (p_transfer.details ->> 'transaction_id')::uuid;
    END IF;

    IF p_transfer.kind IN ('CAPTURE', 'RELEASE') THEN
        SELECT wallet_private.slice_lots(h.lots, h.captured, -p_hold) INTO v_lots
        FROM wallet_private.hold AS h
        WHERE h.user_id = p_transfer.user_id
            AND h.hold_id = (p_transfer.details ->> 'hold_id')::uuid;
    ELSIF p_transfer.amount > 0 AND v_original.details #> '{result,lots}' IS NOT NULL THEN
        v_lots := wallet_private.give_back_lots(p_transfer, v_original);
    ELSIF p_transfer.kind = 'REFUND' AND p_transfer.leg = 1 AND p_transfer.amount > 0 THEN
        v_lots := wallet_private.return_lots(p_transfer, v_original);
    ELSIF p_transfer.amount > 0 THEN
        -- The other leg of a conversion has planned this one.
        IF p_transfer.details #> '{result,lot}' IS NULL THEN
            p_transfer.details := wallet_private.with_result(
                p_transfer.details, 'lot', wallet_private.new_lot(p_transfer, v_asset)
            );
        END IF;
        RETURN p_transfer;
    ELSE
        -- A reversal of a credit takes from that credit's own lot first. So does a refund, and
        -- then from what was paid for.
        v_order := CASE p_transfer.kind WHEN 'REFUND' THEN 'paid_first' ELSE v_asset.lot_order END;
        v_lots := wallet_private.pick_lots(
            ARRAY(
                SELECT l FROM wallet_private.lot AS l
                WHERE l.user_id = p_transfer.user_id AND l.asset_id = p_transfer.asset_id
                    AND l.is_open
            ),
            v_order, p_hold - p_transfer.amount, v_original.seq
        );
        p_transfer.details := wallet_private.with_result(
            p_transfer.details, 'lot_order', v_order
        );
    END IF;
    p_transfer.details := wallet_private.with_result(p_transfer.details, 'lots', v_lots);
    RETURN p_transfer;
END
$$;
