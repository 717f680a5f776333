CREATE OR REPLACE FUNCTION wallet_private.plan(
    p_transfer wallet_private.transfer, p_hold numeric, p_lot_order text, p_is_refusing boolean
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Sees to what is special about an asset: debt, then lots, then limits. It writes into the details
-- of a transfer what settle is to do: which lot it makes, or which lots it uses, frees or gives
-- back to. The caller has locked the wallet. If there are only lots, he need not. Then the plan is
-- good as long as the wallet has not moved (the transfer's seq tells it), and for a minute.
DECLARE
    -- What changes a debt has booked what is due before.
    v_booked_at timestamptz := CASE WHEN p_transfer.kind IN ('REFUND', 'REPAY', 'FORGIVE')
        THEN p_transfer.created_at
    END;
    v_held numeric;
    v_lots wallet_private.lot[];  -- with anything left, in the order of use
    v_expires_at timestamptz;
    v_asset wallet_private.asset;
    v_original wallet_private.transfer;
    v_uses jsonb;
BEGIN
    IF p_transfer.kind = 'EXPIRE' THEN
        RETURN p_transfer;
    END IF;
    IF p_is_refusing OR p_transfer.amount > 0 THEN
        SELECT a.* INTO v_asset FROM wallet_private.asset AS a
        WHERE a.asset_id = p_transfer.asset_id;
    END IF;
    IF p_is_refusing THEN
        -- A copy of a request is not refused for what its original has used: its key tells it.
        PERFORM FROM wallet_private.transfer AS t
        WHERE t.user_id = p_transfer.user_id
            AND hashtextextended(t.idempotency_key, 0)
                = hashtextextended(p_transfer.idempotency_key, 0);
        IF FOUND THEN
            RETURN p_transfer;
        END IF;
        PERFORM wallet_private.refuse_debtor(v_asset, p_transfer);
    END IF;

    IF p_lot_order IS NOT NULL AND (p_transfer.amount <> 0 OR p_hold <> 0) THEN
        IF p_transfer.kind IN ('REVERSAL', 'REFUND') THEN
            SELECT t.* INTO v_original FROM wallet_private.transfer AS t
            WHERE t.user_id = p_transfer.user_id AND t.asset_id = p_transfer.asset_id
                AND t.transaction_id = (p_transfer.details ->> 'transaction_id')::uuid;
            IF p_transfer.kind = 'REFUND' THEN
                p_lot_order := 'paid_first';
            END IF;
        END IF;
        -- In one statement, since most of its cost is to begin it. A reversal of a credit takes
        -- from that credit's own lot first. So does a refund, and then from what was paid for.
        LOOP
            SELECT
                w.seq + 1, w.held, o.lots, o.expires_at,
                coalesce(
                    v_booked_at, greatest(clock_timestamp(), w.moved_at + interval '1 microsecond')
                )
            INTO p_transfer.seq, v_held, v_lots, v_expires_at, p_transfer.created_at
            FROM wallet_private.wallet AS w
            CROSS JOIN LATERAL wallet_private.open_lots(
                w.user_id, w.asset_id, p_lot_order, v_original.seq
            ) AS o
            WHERE w.user_id = p_transfer.user_id AND w.asset_id = p_transfer.asset_id;
            IF NOT FOUND THEN
                RETURN p_transfer;
            END IF;
            -- What is due, or will be within the minute, is seen to under the lock, and then all is
            -- read once more. Nobody waits for a lock as long as that.
            EXIT WHEN v_booked_at IS NOT NULL OR (
                v_expires_at <= p_transfer.created_at + interval '1 minute'
                OR v_held > 0 AND p_hold >= 0
            ) IS NOT TRUE;
            PERFORM wallet_private.lock_wallet(p_transfer.user_id, p_transfer.asset_id);
            v_booked_at := wallet_private.book_due(
                p_transfer.user_id, p_transfer.asset_id, p_hold >= 0
            );
        END LOOP;

        IF p_hold < 0 THEN
            SELECT wallet_private.slice_lots(h.lots, h.captured, -p_hold) INTO v_uses
            FROM wallet_private.hold AS h
            WHERE h.user_id = p_transfer.user_id
                AND h.hold_id = (p_transfer.details ->> 'hold_id')::uuid;
        ELSIF p_transfer.amount <= 0 THEN
            p_transfer.details := wallet_private.with_uses(
                p_transfer.details, p_lot_order,
                wallet_private.pick_lots(v_lots, p_hold - p_transfer.amount)
            );
        ELSIF v_original.details #> '{result,lots}' IS NOT NULL THEN
            v_uses := wallet_private.give_back_lots(p_transfer, v_original);
        ELSIF p_transfer.kind = 'REFUND' AND p_transfer.leg = 1 THEN
            v_uses := wallet_private.return_lots(p_transfer, v_original);
        ELSIF p_transfer.details #> '{result,lot}' IS NULL THEN
            -- Else the other leg has planned this one.
            p_transfer.details := wallet_private.with_result(
                p_transfer.details, 'lot', wallet_private.new_lot(p_transfer, v_asset)
            );
        END IF;
        IF v_uses IS NOT NULL THEN
            p_transfer.details := wallet_private.with_result(p_transfer.details, 'lots', v_uses);
        END IF;
    END IF;

    IF v_asset.is_limited THEN
        p_transfer := wallet_private.plan_limits(p_transfer);
    END IF;
    RETURN p_transfer;
END
$$;
