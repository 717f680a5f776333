CREATE OR REPLACE FUNCTION wallet_private.settle(
    p_transfer wallet_private.transfer, p_hold numeric
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Does what plan wrote into a transfer. As with the wallet, it adds the amount to what remains of a
-- lot and p_hold to what is held of it.
DECLARE
    v_result jsonb := p_transfer.details -> 'result';
    v_use jsonb;
    v_amount numeric;
BEGIN
    IF v_result ? 'lot' THEN
        INSERT INTO wallet_private.lot SELECT (wallet_private.to_lot(p_transfer)).*;
    ELSIF v_result ? 'lots' THEN
        -- One by one: each is found by its whole key, however many lots the wallet has had.
        FOR v_place IN 0..jsonb_array_length(v_result -> 'lots') - 1 LOOP
            v_use := v_result -> 'lots' -> v_place;
            v_amount := (v_use ->> 'amount')::numeric;
            UPDATE wallet_private.lot AS l
            SET remaining = l.remaining + sign(p_transfer.amount) * v_amount,
                held = l.held + sign(p_hold) * v_amount,
                is_open = l.remaining + sign(p_transfer.amount) * v_amount > 0,
                expires_at = coalesce(
                    wallet_private.to_instant(v_use ->> 'expires_at'), l.expires_at
                )
            WHERE l.user_id = p_transfer.user_id AND l.asset_id = p_transfer.asset_id
                AND l.lot_id = (v_use ->> 'lot')::bigint;
        END LOOP;
        -- A lot that gets something back after its expiry expires at once.
        IF p_transfer.kind IN ('REVERSAL', 'REFUND', 'RELEASE') THEN
            PERFORM wallet_private.book_due(p_transfer.user_id, p_transfer.asset_id, false);
        END IF;
    END IF;
    IF v_result ? 'limits' OR p_transfer.kind IN ('RELEASE', 'REVERSAL') THEN
        PERFORM wallet_private.settle_limits(p_transfer);
    END IF;
END
$$;
