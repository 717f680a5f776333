CREATE OR REPLACE FUNCTION wallet_private.post_pair(INOUT p_legs wallet_private.transfer[])
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Does what post does, for two legs in two assets of one user: both or none. The caller has locked
-- their wallets.
DECLARE
    v_order integer[] := CASE
        WHEN p_legs[1].asset_id < p_legs[2].asset_id THEN ARRAY[1, 2] ELSE ARRAY[2, 1]
    END;
    v_request wallet_private.transfer := p_legs[1];
    v_is_appended boolean := false;
    v_leg integer;
BEGIN
    FOR v_leg IN 1..2 LOOP
        IF v_leg = 2 AND v_request.kind = 'CONVERT' THEN
            p_legs[2].details := wallet_private.carry_lots(p_legs[1], p_legs[2]);
        END IF;
        p_legs[v_leg] := wallet_private.post(p_legs[v_leg], 0, false);
        EXIT WHEN p_legs[v_leg].hash IS NULL;
    END LOOP;
    IF p_legs[1].hash IS NOT NULL AND p_legs[2].hash IS NOT NULL THEN
        INSERT INTO wallet_private.transfer SELECT (p_legs[1]).*
        ON CONFLICT (user_id, hashtextextended(idempotency_key, 0)) DO NOTHING;
        v_is_appended := FOUND;
    END IF;

    IF v_is_appended THEN
        INSERT INTO wallet_private.transfer SELECT (p_legs[2]).*;
        FOREACH v_leg IN ARRAY v_order LOOP
            -- Whether there is a cap is read after the locks: an operator may set one while this
            -- call waits for them.
            PERFORM wallet_private.settle_supply(
                v_request.user_id, a.asset_id, p_legs[v_leg].amount
            )
            FROM wallet_private.asset AS a
            WHERE a.asset_id = p_legs[v_leg].asset_id AND a.supply IS NOT NULL;
        END LOOP;
        FOREACH v_leg IN ARRAY v_order LOOP
            PERFORM wallet_private.settle(p_legs[v_leg], 0)
            FROM wallet_private.wallet AS w
            WHERE w.user_id = v_request.user_id AND w.asset_id = p_legs[v_leg].asset_id
                AND NOT w.is_plain;
        END LOOP;
        FOREACH v_leg IN ARRAY v_order LOOP
            PERFORM wallet_private.repay_debt(w.user_id, w.asset_id)
            FROM wallet_private.wallet AS w
            WHERE w.user_id = v_request.user_id AND w.asset_id = p_legs[v_leg].asset_id
                AND NOT w.is_plain;
        END LOOP;
    ELSE
        FOREACH v_leg IN ARRAY v_order LOOP
            CONTINUE WHEN p_legs[v_leg].hash IS NULL;
            PERFORM wallet_private.take_back(
                v_request.user_id, p_legs[v_leg].asset_id, p_legs[v_leg].seq,
                p_legs[v_leg].amount, 0
            );
        END LOOP;
        p_legs := wallet_private.find_legs(wallet_private.find_replay(v_request));
    END IF;
END
$$;
