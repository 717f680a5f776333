CREATE OR REPLACE FUNCTION wallet.capture_hold(
    p_user_id uuid,
    p_hold_id uuid,
    p_amount numeric,
    p_idempotency_key text,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.capture_receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_hold wallet_private.hold;
    v_asset wallet_private.asset;
    v_remaining numeric;
    v_amount numeric;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(p_user_id, p_idempotency_key, NULL, p_metadata, p_actor);
    v_request := wallet_private.new_transfer(
        'CAPTURE', p_user_id, NULL, NULL, p_idempotency_key, NULL,
        jsonb_build_object('hold_id', p_hold_id, 'amount', p_amount),
        p_metadata, p_actor
    );
    v_hold := wallet_private.find_hold(p_user_id, p_hold_id);
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_hold.asset_id;
    IF p_amount IS NOT NULL THEN
        v_amount := wallet_private.check_amount('amount', p_amount, v_asset);
    END IF;

    -- 2. Answer a replay. The lock of the wallet protects its holds too.
    v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_hold.asset_id]);

    -- 3.-4. Move the balance and what is held, append the transfer.
    IF v_transfer.transaction_id IS NULL THEN
        v_hold := wallet_private.find_open_hold(p_user_id, p_hold_id);
        v_remaining := v_hold.amount - v_hold.captured;
        v_amount := coalesce(v_amount, v_remaining);
        IF v_amount > v_remaining THEN
            RAISE EXCEPTION 'more than the hold has left'
                USING ERRCODE = 'WA407',
                    DETAIL = format('Of hold %s %s is left.', p_hold_id, v_remaining),
                    HINT = format('Capture at most %s.', v_remaining);
        END IF;
        v_request.asset_id := v_hold.asset_id;
        v_request.amount := -v_amount;
        v_request.details := wallet_private.with_result(
            v_request.details, 'remaining', v_remaining - v_amount
        );
        v_transfer := wallet_private.post(v_request, -v_amount);

        -- 5. Settle what a race decided.
        IF v_transfer.transaction_id = v_request.transaction_id THEN
            PERFORM wallet_private.record_capture(v_hold, v_transfer);
        END IF;
    END IF;

    -- 6. Return the receipt.
    RETURN ROW(
        v_transfer.transaction_id, v_transfer.kind, v_transfer.user_id, v_asset.code,
        -v_transfer.amount, v_transfer.balance_after, v_transfer.reference, v_transfer.metadata,
        v_transfer.created_at, v_transfer.transaction_id <> v_request.transaction_id,
        p_hold_id, (v_transfer.details #>> '{result,remaining}')::numeric
    )::wallet.capture_receipt;
END
$$;

COMMENT ON FUNCTION wallet.capture_hold(uuid, uuid, numeric, text, jsonb, text) IS
'Debits what was held: p_amount of it, or all that is left (NULL). A hold can be captured in parts.
What is left stays held.
Returns: wallet.capture_receipt. For a key used before it is the first one again, with is_replay.
Locks: the user''s wallet in the hold''s asset, which protects its holds; then, of a capped asset, a
supply stripe.
Raises: WA101 WA102 WA103 WA104 WA105 WA106 WA111 WA205 WA301 WA307 WA407 WA414 WA501';
