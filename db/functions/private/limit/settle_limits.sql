CREATE OR REPLACE FUNCTION wallet_private.settle_limits(p_transfer wallet_private.transfer)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Counts what plan_limits wrote into a transfer. What takes another transfer back gives back to the
-- limits that counted that one.
DECLARE
    v_counted wallet_private.transfer;
    v_hold wallet_private.hold;
    v_is_all boolean;
BEGIN
    INSERT INTO wallet_private.limit_use AS u (user_id, limit_id, period, used)
    SELECT p_transfer.user_id, e."limit", e.period, e.use
    FROM jsonb_to_recordset(p_transfer.details #> '{result,limits}') AS e (
        "limit" bigint, period bigint, use numeric
    )
    WHERE e.period IS NOT NULL
    ON CONFLICT (user_id, limit_id, period) DO UPDATE SET used = u.used + excluded.used;

    IF p_transfer.kind = 'RELEASE' THEN
        PERFORM wallet_private.give_back_use(h.user_id, g.limit_id, g.period, g.used)
        FROM wallet_private.hold AS h
        CROSS JOIN LATERAL wallet_private.rest_of_hold(h) AS g
        WHERE h.user_id = p_transfer.user_id
            AND h.hold_id = (p_transfer.details ->> 'hold_id')::uuid;
    ELSIF p_transfer.kind = 'REVERSAL' THEN
        SELECT t.* INTO v_counted FROM wallet_private.transfer AS t
        WHERE t.user_id = p_transfer.user_id AND t.asset_id = p_transfer.asset_id
            AND t.transaction_id = (p_transfer.details ->> 'transaction_id')::uuid;
        IF v_counted.kind = 'CAPTURE' THEN
            -- The hold was counted.
            v_hold := wallet_private.find_hold(
                p_transfer.user_id, (v_counted.details ->> 'hold_id')::uuid
            );
            v_is_all := v_hold.status <> 'open' AND v_hold.captured
                = wallet_private.captures_taken_back(v_hold) + p_transfer.amount;
            SELECT t.* INTO v_counted FROM wallet_private.transfer AS t
            WHERE t.user_id = v_hold.user_id AND t.transaction_id = v_hold.hold_id;
        ELSE
            SELECT v_counted.amount + sum(t.amount) = 0 INTO v_is_all
            FROM wallet_private.transfer AS t
            WHERE t.user_id = p_transfer.user_id AND t.asset_id = p_transfer.asset_id
                AND t.kind = 'REVERSAL'
                AND (t.transaction_id = p_transfer.transaction_id OR t.transaction_id IN (
                    SELECT r.reversal_id FROM wallet_private.reversal AS r
                    WHERE r.user_id = v_counted.user_id
                        AND r.transaction_id = v_counted.transaction_id
                ));
        END IF;
        PERFORM wallet_private.give_back_use(p_transfer.user_id, g.limit_id, g.period, g.used)
        FROM wallet_private.given_back(
            v_counted, abs(p_transfer.amount), p_transfer.details #> '{result,lots}', v_is_all
        ) AS g;
    END IF;
END
$$;
