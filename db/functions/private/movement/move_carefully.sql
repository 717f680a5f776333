CREATE OR REPLACE FUNCTION wallet_private.move_carefully(
    p_kind text,
    p_sign numeric,
    p_user_id uuid,
    p_asset text,
    p_amount numeric,
    p_idempotency_key text,
    p_reference text,
    p_metadata jsonb,
    p_actor text,
    p_expires_at timestamptz
) RETURNS wallet.receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Does step by step what move could not do in one go, and says what is wrong with it.
DECLARE
    v_asset wallet_private.asset;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(
        p_user_id, p_idempotency_key, p_reference, p_metadata, p_actor
    );
    v_asset := wallet_private.find_asset(p_asset);
    v_request := wallet_private.new_transfer(
        p_kind, p_user_id, v_asset.asset_id,
        p_sign * wallet_private.check_amount('amount', p_amount, v_asset), p_idempotency_key,
        p_reference, wallet_private.expiry_details(p_expires_at), p_metadata, p_actor
    );

    -- 2. Answer a replay. post does it too, if it comes to that.
    v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_asset.asset_id]);

    -- 3.-5. Move the balance, append the transfer, settle what a race decided.
    IF v_transfer.transaction_id IS NULL THEN
        PERFORM wallet_private.check_open(v_asset);
        PERFORM wallet_private.check_expiry(v_asset, p_kind, v_request.amount, p_expires_at);
        IF NOT wallet_private.is_for(v_asset, p_kind) THEN
            RAISE EXCEPTION 'this is not allowed here'
                USING ERRCODE = 'WA502',
                    DETAIL = format(
                        'Asset %s is not for sale, so it has no top-ups.', v_asset.code
                    ),
                    HINT = 'Credit it as a bonus, a task''s reward or a conversion.';
        END IF;
        v_transfer := wallet_private.post(v_request);
    END IF;

    -- 6. Return the receipt.
    RETURN wallet_private.to_receipt(
        v_transfer, p_asset, v_transfer.transaction_id <> v_request.transaction_id
    );
END
$$;
