CREATE OR REPLACE FUNCTION wallet_private.plan_reversal(
    p_request wallet_private.transfer,
    p_original wallet_private.transfer[],
    p_assets wallet_private.asset[]
) RETURNS wallet_private.transfer[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Makes the legs of a reversal: how much can be taken back, and what that is in each asset. The
-- wallets are locked, so nothing of it changes until they move.
DECLARE
    v_wanted numeric := (p_request.details ->> 'amount')::numeric;
    v_left numeric;
    v_step record;
    v_taken numeric;
    v_available numeric;
    v_debit integer := CASE WHEN p_original[1].amount > 0 THEN 1 ELSE 2 END;
    v_legs wallet_private.transfer[] := ARRAY[p_request];
BEGIN
    SELECT abs(p_original[1].amount) - coalesce(sum(r.amount), 0) - coalesce((
        SELECT f.taken FROM wallet_private.refund AS f
        WHERE f.user_id = p_request.user_id
            AND f.transaction_id = p_original[1].transaction_id
        ORDER BY f.signed_at DESC
        LIMIT 1
    ), 0) INTO v_left
    FROM wallet_private.reversal AS r
    WHERE r.user_id = p_request.user_id AND r.transaction_id = p_original[1].transaction_id;
    v_wanted := coalesce(v_wanted, v_left);
    IF v_wanted > v_left OR v_left = 0 THEN
        RAISE EXCEPTION 'more than is left to reverse'
            USING ERRCODE = 'WA408',
                DETAIL = format(
                    'Of transaction %s %s %s is left to reverse.',
                    p_original[1].transaction_id, v_left, p_assets[1].code
                ),
                HINT = format('Reverse at most %s.', v_left);
    END IF;

    -- The amount is a multiple of the least amount that can be taken back: the price of one item,
    -- or what comes out even in both assets.
    v_step := wallet_private.conversion_step(
        abs(p_original[1].amount), p_assets[1].scale,
        coalesce(p_original[2].amount, abs(p_original[1].amount)),
        coalesce(p_assets[2].scale, p_assets[1].scale)
    );
    IF p_original[1].kind = 'PURCHASE' THEN
        v_step.from_step := (p_original[1].details #>> '{result,unit_price}')::numeric;
    END IF;
    PERFORM wallet_private.check_multiple(v_wanted, v_step.from_step, p_assets[1].code);

    -- The policy clamp takes no more than the user still has.
    v_taken := v_wanted;
    IF p_request.details ->> 'policy' = 'clamp' AND p_original[v_debit].amount > 0 THEN
        PERFORM wallet_private.book_due(p_request.user_id, p_original[v_debit].asset_id);
        SELECT w.balance - w.held INTO v_available FROM wallet_private.wallet AS w
        WHERE w.user_id = p_request.user_id AND w.asset_id = p_original[v_debit].asset_id;
        v_taken := least(v_wanted, v_step.from_step * CASE v_debit
            WHEN 1 THEN div(v_available, v_step.from_step)
            ELSE div(v_available, v_step.to_step)
        END);
        IF v_taken = 0 THEN
            RAISE EXCEPTION 'the balance is too low'
                USING ERRCODE = 'WA401',
                    DETAIL = format(
                        '%s %s is available: nothing of it can be taken back.',
                        v_available, p_assets[v_debit].code
                    ),
                    HINT = 'Try it again when the user has some.';
        END IF;
    END IF;

    v_legs[1].asset_id := p_original[1].asset_id;
    v_legs[1].amount := v_taken * -sign(p_original[1].amount);
    v_legs[1].details := wallet_private.with_result(
        p_request.details, 'shortfall', v_wanted - v_taken
    );
    IF cardinality(p_original) = 2 THEN
        v_legs[2] := v_legs[1];
        v_legs[2].leg := 2;
        v_legs[2].idempotency_key := NULL;
        v_legs[2].asset_id := p_original[2].asset_id;
        v_legs[2].amount := -v_step.to_step * div(v_taken, v_step.from_step);
    END IF;
    RETURN v_legs;
END
$$;
