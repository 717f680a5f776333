CREATE OR REPLACE FUNCTION wallet_private.find_refundable(p_user_id uuid, p_transaction_id uuid)
RETURNS wallet_private.transfer
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds a transaction that a store may refund: what was credited for money, or beside it.
DECLARE
    v_legs wallet_private.transfer[] := wallet_private.find_transaction(
        p_user_id, p_transaction_id
    );
BEGIN
    IF v_legs[1].kind NOT IN ('TOPUP', 'BONUS') THEN
        RAISE EXCEPTION 'the transaction can''t be refunded'
            USING ERRCODE = 'WA117',
                DETAIL = format('Transaction %s is a %s.', p_transaction_id, v_legs[1].kind),
                HINT = 'Name the top-up, or the bonus that came with it.';
    END IF;
    RETURN v_legs[1];
END
$$;
