CREATE OR REPLACE FUNCTION wallet_private.move(
    p_kind text,
    p_sign integer,
    p_user_id uuid,
    p_asset text,
    p_amount numeric,
    p_idempotency_key text,
    p_reference text,
    p_metadata jsonb,
    p_actor text
) RETURNS wallet.receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- What topup, bonus and spend have in common: all but their kind and sign.
DECLARE
    v_asset wallet_private.asset;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
BEGIN
    -- 1. Check the request.
    v_request := wallet_private.new_transfer(
        p_kind, p_user_id, p_idempotency_key, p_reference, NULL, p_metadata, p_actor
    );
    v_asset := wallet_private.find_asset(p_asset);
    v_request.asset_id := v_asset.asset_id;
    v_request.amount := p_sign * wallet_private.check_amount('amount', p_amount, v_asset);

    -- 2. Answer a replay.
    v_transfer := wallet_private.find_replay(v_request);

    -- 3.-5. Move the balance, append the transfer, settle what a race decided.
    IF v_transfer.transaction_id IS NULL THEN
        PERFORM wallet_private.check_open(v_asset, p_kind);
        v_transfer := wallet_private.post(v_asset, v_request);
    END IF;

    -- 6. Return the receipt.
    RETURN wallet_private.to_receipt(
        v_transfer, v_asset.code, v_transfer.transaction_id <> v_request.transaction_id
    );
END
$$;
