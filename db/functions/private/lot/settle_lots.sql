CREATE OR REPLACE FUNCTION wallet_private.settle_lots(
    p_transfer wallet_private.transfer, p_hold numeric
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Does to the lots what plan_lots wrote into a transfer. As with the wallet, it adds the amount to
-- what remains and p_hold to what is held.
DECLARE
    v_result jsonb := p_transfer.details -> 'result';
BEGIN
    IF v_result ? 'lot' THEN
        INSERT INTO wallet_private.lot (
            user_id, asset_id, lot_id, origin, amount, remaining, expires_at
        ) VALUES (
            p_transfer.user_id, p_transfer.asset_id, p_transfer.seq, v_result #>> '{lot,origin}',
            p_transfer.amount, p_transfer.amount,
            wallet_private.to_instant(v_result #>> '{lot,expires_at}')
        );
        RETURN;
    END IF;

    UPDATE wallet_private.lot AS l
    SET remaining = l.remaining + sign(p_transfer.amount) * u.amount,
        held = l.held + sign(p_hold) * u.amount,
        is_open = l.remaining + sign(p_transfer.amount) * u.amount > 0,
        expires_at = coalesce(wallet_private.to_instant(u.expires_at), l.expires_at)
    FROM jsonb_to_recordset(v_result -> 'lots') AS u (
        lot bigint, amount numeric, expires_at text
    )
    WHERE l.user_id = p_transfer.user_id AND l.asset_id = p_transfer.asset_id
        AND l.lot_id = u.lot;

    -- A lot that gets something back after its expiry expires at once.
    IF p_transfer.kind IN ('REVERSAL', 'REFUND', 'RELEASE') THEN
        PERFORM wallet_private.book_due(p_transfer.user_id, p_transfer.asset_id, false);
    END IF;
END
$$;
