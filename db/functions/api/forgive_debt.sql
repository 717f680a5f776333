CREATE OR REPLACE FUNCTION wallet.forgive_debt(
    p_user_id uuid,
    p_asset text,
    p_amount numeric,
    p_reason text,
    p_idempotency_key text,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.debt_receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_asset wallet_private.asset;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
    v_amount numeric;
    v_debt numeric;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(p_user_id, p_idempotency_key, NULL, p_metadata, p_actor);
    PERFORM wallet_private.check_given('reason', p_reason);
    PERFORM wallet_private.check_text('reason', p_reason);
    v_asset := wallet_private.find_asset(p_asset);
    IF p_amount IS NOT NULL THEN
        v_amount := wallet_private.check_amount('amount', p_amount, v_asset);
    END IF;
    PERFORM wallet_private.find_user(p_user_id);
    v_request := wallet_private.new_transfer(
        'FORGIVE', p_user_id, v_asset.asset_id, round(0::numeric, v_asset.scale),
        p_idempotency_key, NULL,
        jsonb_build_object('asset', v_asset.code, 'amount', v_amount, 'reason', p_reason),
        p_metadata, p_actor
    );

    -- 2. Answer a replay. What is owed stays as it is from here on.
    v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_asset.asset_id]);

    -- 3.-5. Forgive it, append the transfer.
    IF v_transfer.transaction_id IS NULL THEN
        v_request.created_at := wallet_private.book_due(p_user_id, v_asset.asset_id);
        v_debt := wallet_private.debt_of(p_user_id, v_asset.asset_id);
        v_amount := wallet_private.check_amount('amount', coalesce(v_amount, v_debt), v_asset);
        PERFORM wallet_private.check_range('amount', v_amount, 0, v_debt);
        PERFORM wallet_private.heed_threshold('forgive_debt', v_asset.code, v_amount);
        v_debt := wallet_private.change_debt(p_user_id, v_asset.asset_id, -v_amount);
        v_request.details := v_request.details || jsonb_build_object(
            'result', jsonb_build_object('owed', -v_amount, 'debt', v_debt)
        );
        v_transfer := wallet_private.post(v_request);
    END IF;

    -- 6. Return the receipt.
    RETURN ROW(
        v_transfer.transaction_id, v_transfer.kind, p_user_id, v_asset.code,
        -(v_transfer.details #>> '{result,owed}')::numeric,
        (v_transfer.details #>> '{result,debt}')::numeric, v_transfer.balance_after, p_reason,
        v_transfer.metadata, v_transfer.created_at,
        v_transfer.transaction_id <> v_request.transaction_id
    )::wallet.debt_receipt;
END
$$;

COMMENT ON FUNCTION wallet.forgive_debt(uuid, text, numeric, text, text, jsonb, text) IS
'Forgives p_amount of what a user owes of an asset, or all of it (NULL). No balance moves; the
ledger keeps it, with the reason, as a FORGIVE. It works on frozen and closed accounts too.
Returns: wallet.debt_receipt. For a key that was used before it is the first one again, with
is_replay.
Locks: the user''s wallet in the asset.
Raises: WA101 WA102 WA103 WA104 WA105 WA106 WA109 WA111 WA201 WA202 WA301 WA415';
