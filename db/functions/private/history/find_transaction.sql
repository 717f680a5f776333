CREATE OR REPLACE FUNCTION wallet_private.find_transaction(
    p_user_id uuid, p_transaction_id uuid
) RETURNS wallet_private.transfer[]
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds the legs of a transaction. Raises WA206 if there is none.
DECLARE
    v_transfer wallet_private.transfer;
    v_legs wallet_private.transfer[];
BEGIN
    PERFORM wallet_private.check_given('user_id', p_user_id);
    PERFORM wallet_private.check_given('transaction_id', p_transaction_id);
    v_transfer.user_id := p_user_id;
    v_transfer.transaction_id := p_transaction_id;
    v_legs := wallet_private.find_legs(v_transfer);
    IF v_legs IS NULL THEN
        RAISE EXCEPTION 'transaction not found'
            USING ERRCODE = 'WA206',
                DETAIL = format('User %s has no transaction %s.', p_user_id, p_transaction_id),
                HINT = 'wallet.list_transactions lists a user''s transactions.';
    END IF;
    RETURN v_legs;
END
$$;
