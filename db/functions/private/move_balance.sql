CREATE OR REPLACE FUNCTION wallet_private.move_balance(
    p_transfer wallet_private.transfer, p_hold numeric DEFAULT 0
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Adds p_transfer.amount to the balance and p_hold to what is held, and completes the transfer with
-- what came of it. Returns NULL, and changes nothing, when a duplicate of it has won.
DECLARE
    v_transfer wallet_private.transfer := p_transfer;
    v_ignores_status boolean := p_transfer.kind IN ('REVERSAL', 'ADJUST', 'RELEASE');
BEGIN
    LOOP
        -- Lock, check and change in one: what can't be met matches no row. After a wait PostgreSQL
        -- judges and computes anew with the row as it has become. Time never goes backwards within
        -- a wallet, whatever the clock does.
        UPDATE wallet_private.wallet AS w
        SET balance = w.balance + v_transfer.amount,
            held = w.held + p_hold,
            seq = w.seq + 1,
            moved_at = greatest(p_transfer.created_at, w.moved_at + interval '1 microsecond'),
            head = wallet_private.transfer_hash(
                w.head, v_transfer.user_id, v_transfer.asset_id, w.seq + 1,
                v_transfer.transaction_id, v_transfer.leg, v_transfer.kind, v_transfer.amount,
                w.balance + v_transfer.amount, v_transfer.counterparty,
                v_transfer.idempotency_key, v_transfer.reference, v_transfer.details,
                v_transfer.metadata, v_transfer.actor,
                greatest(p_transfer.created_at, w.moved_at + interval '1 microsecond')
            )
        WHERE w.user_id = v_transfer.user_id
            AND w.asset_id = v_transfer.asset_id
            AND (w.is_active OR v_ignores_status)
            AND w.balance + v_transfer.amount >= w.held + p_hold
        RETURNING w.seq, w.moved_at, w.balance, w.head
        INTO v_transfer.seq, v_transfer.created_at, v_transfer.balance_after, v_transfer.hash;
        IF FOUND THEN
            RETURN v_transfer;
        END IF;
        IF NOT wallet_private.clear_way(v_transfer, p_hold) THEN
            RETURN NULL;
        END IF;
    END LOOP;
END
$$;
