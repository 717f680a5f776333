CREATE OR REPLACE FUNCTION wallet_private.plan_limits(p_transfer wallet_private.transfer)
RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Refuses a transfer that passes a limit, or clips it. Writes into its details which limits count
-- it, in which period, what they then have counted, and what they allow at most. The caller has
-- locked the wallet, which protects what is counted too.
DECLARE
    v_limit wallet_private.limit_rule;
    v_wallet wallet_private.wallet;
    v_amount numeric;
    v_use numeric;
    v_used numeric;
    v_period bigint;
    v_limits jsonb := '[]'::jsonb;
    v_is_tidy boolean := false;
BEGIN
    SELECT w.* INTO v_wallet FROM wallet_private.wallet AS w
    WHERE w.user_id = p_transfer.user_id AND w.asset_id = p_transfer.asset_id;
    -- It is counted at the time that it will have. plan has decided that for lots.
    IF (p_transfer.details -> 'result' ?| '{lot,lots}') IS NOT TRUE THEN
        p_transfer.created_at := greatest(
            clock_timestamp(), v_wallet.moved_at + interval '1 microsecond'
        );
    END IF;

    -- Of the caps on a balance the lowest comes first: what it clips, no other one clips further.
    FOR v_limit IN
        SELECT r.* FROM wallet_private.limit_rule AS r
        WHERE r.asset_id = p_transfer.asset_id AND r.is_active AND v_wallet.is_active
        ORDER BY r.measure <> 'balance', r.maximum, r.limit_id
    LOOP
        v_amount := wallet_private.counted_amount(v_limit, p_transfer);
        CONTINUE WHEN v_amount = 0;

        IF v_wallet.held > 0 AND NOT v_is_tidy THEN
            PERFORM wallet_private.expire_holds(
                p_transfer.user_id, p_transfer.asset_id, p_transfer.created_at
            );
            v_is_tidy := true;
        END IF;

        IF v_limit.measure = 'balance' THEN
            v_amount := wallet_private.clip_credit(v_limit, p_transfer, v_wallet.balance);
            IF v_amount < p_transfer.amount THEN
                p_transfer.details := wallet_private.with_result(
                    p_transfer.details, 'clipped', p_transfer.amount - v_amount
                );
                p_transfer.amount := v_amount;
            END IF;
            v_limits := v_limits || jsonb_build_object(
                'limit', v_limit.limit_id, 'used', v_wallet.balance + v_amount,
                'maximum', v_limit.maximum
            );
            CONTINUE;
        END IF;

        v_use := CASE v_limit.measure WHEN 'count' THEN 1 ELSE v_amount END;
        v_period := wallet_private.limit_period(v_limit, p_transfer.created_at);
        v_used := wallet_private.limit_used(v_limit, p_transfer.user_id, v_period) + v_use;
        IF v_used > v_limit.maximum THEN
            PERFORM wallet_private.refuse_limit(v_limit, p_transfer, v_period, v_used, v_use);
        END IF;
        v_limits := v_limits || jsonb_build_object(
            'limit', v_limit.limit_id, 'period', v_period, 'use', v_use, 'used', v_used,
            'maximum', v_limit.maximum
        );
    END LOOP;
    IF v_limits <> '[]' THEN
        p_transfer.details := wallet_private.with_result(
            p_transfer.details, 'limits', v_limits
        );
    END IF;
    RETURN p_transfer;
END
$$;
