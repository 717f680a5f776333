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
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.code = p_asset;
    v_request := wallet_private.new_transfer(
        p_kind, p_user_id, v_asset.asset_id, p_sign * round(p_amount, v_asset.scale),
        p_idempotency_key, p_reference, NULL, p_metadata, p_actor
    );
    IF (
        p_user_id IS NOT NULL
        AND wallet_private.is_key(p_idempotency_key)
        AND wallet_private.is_text(p_reference, 255)
        AND wallet_private.is_metadata(p_metadata)
        AND wallet_private.is_text(p_actor, 255)
        AND wallet_private.is_amount(p_amount, v_asset.scale)
        AND wallet_private.is_for(v_asset, p_kind)
    ) IS NOT TRUE THEN
        PERFORM wallet_private.check_request(
            p_user_id, p_idempotency_key, p_reference, p_metadata, p_actor
        );
        v_asset := wallet_private.find_asset(p_asset);
        PERFORM wallet_private.check_amount('amount', p_amount, v_asset);
        -- What is left can't be had any more; but it may have been had.
        v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_asset.asset_id]);
        IF v_transfer.transaction_id IS NULL THEN
            PERFORM wallet_private.check_open(v_asset);
            RAISE EXCEPTION 'this is not allowed here'
                USING ERRCODE = 'WA502',
                    DETAIL = format(
                        'Asset %s is not for sale, so it has no top-ups.', v_asset.code
                    ),
                    HINT = 'Credit it as a bonus, a task''s reward or a conversion.';
        END IF;
    END IF;

    -- 2.-5. Move the balance, append the transfer, settle what a race decided. A replay is noticed
    -- when its key is found in the ledger, and the movement taken back: that is dear, but rare, and
    -- looking first would cost each movement.
    IF v_transfer.transaction_id IS NULL THEN
        v_transfer := wallet_private.post(v_request);
    END IF;

    -- 6. Return the receipt.
    RETURN wallet_private.to_receipt(
        v_transfer, v_asset.code, v_transfer.transaction_id <> v_request.transaction_id
    );
END
$$;
