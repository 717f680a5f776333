CREATE OR REPLACE FUNCTION wallet_private.plan_refund(
    p_request wallet_private.transfer,
    p_original wallet_private.transfer,
    p_last wallet_private.refund
) RETURNS wallet_private.transfer[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Makes the legs of a refund, p_last being what the store said before, and changes the debt. The
-- wallet is locked, so nothing of it changes until they move.
DECLARE
    v_refunded numeric := (p_request.details ->> 'refunded')::numeric;
    v_before numeric := coalesce(p_last.taken, 0);
    v_more numeric := v_refunded - coalesce(p_last.refunded, 0);
    v_left numeric;
    v_available numeric;
    v_wanted numeric := 0;  -- what is to be taken
    v_owed numeric := 0;
    v_shortfall numeric := 0;
    v_debt numeric;
    v_returned numeric;
    v_legs wallet_private.transfer[] := ARRAY[p_request];
BEGIN
    v_legs[1].created_at := wallet_private.book_due(p_request.user_id, p_request.asset_id);
    SELECT w.balance - w.held INTO v_available FROM wallet_private.wallet AS w
    WHERE w.user_id = p_request.user_id AND w.asset_id = p_request.asset_id;

    IF v_more > 0 THEN
        -- Together with reversals no more than there was.
        SELECT p_original.amount - v_before - coalesce(sum(r.amount), 0) INTO v_left
        FROM wallet_private.reversal AS r
        WHERE r.user_id = p_original.user_id AND r.transaction_id = p_original.transaction_id;
        v_wanted := least(v_more, v_left);
        v_legs[1].amount := -least(v_wanted, v_available);
        IF p_request.details ->> 'policy' = 'debt' THEN
            v_owed := v_wanted + v_legs[1].amount;
        ELSIF p_request.details ->> 'policy' = 'clamp' THEN
            v_shortfall := v_wanted + v_legs[1].amount;
        ELSIF v_wanted > v_available THEN
            PERFORM wallet_private.refuse_low_balance(
                p_request.asset_id, v_wanted, v_available
            );
        END IF;
    ELSE
        -- What was not taken is given up first, then what is owed, whatever it is owed for.
        v_wanted := least(v_refunded - v_before, 0);
        v_owed := -least(
            -v_wanted, wallet_private.debt_of(p_request.user_id, p_request.asset_id)
        );
        v_legs[1].amount := v_owed - v_wanted;
    END IF;

    v_debt := wallet_private.change_debt(p_request.user_id, p_request.asset_id, v_owed);
    v_legs[1].details := p_request.details || jsonb_build_object(
        'result', jsonb_build_object(
            'taken', v_before + v_wanted - v_shortfall, 'shortfall', v_shortfall,
            'owed', v_owed, 'debt', v_debt
        )
    );

    -- Lots get back no more than was taken from them. The rest was owed and is repaid: it makes a
    -- new lot, which is as that of the transaction was.
    IF v_legs[1].amount > 0 AND EXISTS (
        SELECT FROM wallet_private.asset AS a
        WHERE a.asset_id = p_request.asset_id AND a.lot_order IS NOT NULL
    ) THEN
        SELECT coalesce(sum(u.amount), 0) INTO v_returned
        FROM jsonb_to_recordset(wallet_private.return_lots(v_legs[1], p_original)) AS u (
            amount numeric
        );
        IF v_returned < v_legs[1].amount THEN
            v_legs[2] := v_legs[1];
            v_legs[2].leg := 2;
            v_legs[2].amount := v_legs[1].amount - v_returned;
            v_legs[2].details := p_request.details || jsonb_build_object(
                'result', jsonb_build_object('lot', coalesce(
                    p_original.details #> '{result,lot}',
                    jsonb_build_object(
                        'origin', CASE p_original.kind WHEN 'TOPUP' THEN 'paid' ELSE 'free' END
                    )
                ))
            );
            v_legs[1].amount := round(v_returned, scale(v_legs[2].amount));
        END IF;
    END IF;
    RETURN v_legs;
END
$$;
