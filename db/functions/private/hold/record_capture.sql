CREATE OR REPLACE FUNCTION wallet_private.record_capture(
    p_hold wallet_private.hold, p_transfer wallet_private.transfer
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Counts a capture in its hold and writes it down.
DECLARE
    v_is_used_up boolean := p_hold.captured - p_transfer.amount = p_hold.amount;
BEGIN
    UPDATE wallet_private.hold AS h
    SET captured = h.captured - p_transfer.amount,
        status = CASE WHEN v_is_used_up THEN 'captured' ELSE 'open' END,
        closed_at = CASE WHEN v_is_used_up THEN p_transfer.created_at END
    WHERE h.user_id = p_hold.user_id AND h.hold_id = p_hold.hold_id;

    INSERT INTO wallet_private.hold_capture (
        user_id, hold_id, transaction_id, amount, captured_at
    ) VALUES (
        p_hold.user_id, p_hold.hold_id, p_transfer.transaction_id, -p_transfer.amount,
        p_transfer.created_at
    );
END
$$;
