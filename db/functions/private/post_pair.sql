CREATE OR REPLACE FUNCTION wallet_private.post_pair(
    p_assets wallet_private.asset[], INOUT p_legs wallet_private.transfer[]
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The one path of every movement with two legs, in two assets of one user: like post, both or none.
DECLARE
    v_order integer[] := CASE
        WHEN p_legs[1].asset_id < p_legs[2].asset_id THEN ARRAY[1, 2] ELSE ARRAY[2, 1]
    END;
    v_requests wallet_private.transfer[] := p_legs;
    v_is_moved boolean := true;
    v_leg integer;
BEGIN
    -- A wallet that is missing is opened before any is locked.
    IF (
        SELECT count(*) < 2 FROM wallet_private.wallet AS w
        WHERE w.user_id = p_legs[1].user_id
            AND w.asset_id = ANY (ARRAY[p_legs[1].asset_id, p_legs[2].asset_id])
    ) THEN
        PERFORM wallet_private.find_user(p_legs[1].user_id);
        PERFORM wallet_private.open_wallets(p_legs[1].user_id);
    END IF;

    FOREACH v_leg IN ARRAY v_order LOOP
        p_legs[v_leg] := wallet_private.move_balance(p_legs[v_leg]);
        v_is_moved := v_is_moved AND p_legs[v_leg].hash IS NOT NULL;
        EXIT WHEN NOT v_is_moved;
    END LOOP;
    IF v_is_moved AND wallet_private.append_transfer(p_legs[1]) THEN
        PERFORM wallet_private.append_transfer(p_legs[2]);
        FOREACH v_leg IN ARRAY v_order LOOP
            CONTINUE WHEN p_assets[v_leg].supply IS NULL;
            PERFORM wallet_private.settle_supply(
                p_assets[v_leg], p_legs[v_leg].user_id, p_legs[v_leg].amount
            );
        END LOOP;
        RETURN;
    END IF;

    FOREACH v_leg IN ARRAY v_order LOOP
        CONTINUE WHEN p_legs[v_leg].hash IS NULL;
        PERFORM wallet_private.take_back(p_legs[v_leg]);
    END LOOP;
    p_legs := wallet_private.find_legs(wallet_private.find_replay(v_requests[1]));
END
$$;
