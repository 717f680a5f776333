CREATE OR REPLACE FUNCTION wallet.place_hold(
    p_user_id uuid,
    p_asset text,
    p_amount numeric,
    p_expires_in interval,
    p_idempotency_key text,
    p_reference text DEFAULT NULL,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.hold
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_asset wallet_private.asset;
    v_amount numeric;
    v_expires_in interval;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
    v_hold wallet_private.hold;
BEGIN
    -- 1. Check the request.
    v_asset := wallet_private.find_asset(p_asset);
    v_amount := wallet_private.check_amount('amount', p_amount, v_asset);
    PERFORM wallet_private.check_given('expires_in', p_expires_in);
    -- The time is in seconds: the length of a day or a month depends on when and where it is.
    v_expires_in := make_interval(secs => EXTRACT(EPOCH FROM p_expires_in)::double precision);
    PERFORM wallet_private.check_range('expires_in', v_expires_in, '1 second', '366 days');
    PERFORM wallet_private.check_request(
        p_user_id, p_idempotency_key, p_reference, p_metadata, p_actor
    );
    v_request := wallet_private.new_transfer(
        'HOLD', p_user_id, NULL, NULL, p_idempotency_key, p_reference,
        jsonb_build_object('amount', v_amount, 'expires_in', EXTRACT(EPOCH FROM v_expires_in)),
        p_metadata, p_actor
    );
    v_request.asset_id := v_asset.asset_id;
    v_request.amount := 0;

    -- 2. Answer a replay.
    v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_asset.asset_id]);

    -- 3.-4. Hold the amount, append the transfer. Its id is also the id of the hold.
    IF v_transfer.transaction_id IS NULL THEN
        PERFORM wallet_private.check_open(v_asset);
        v_transfer := wallet_private.post(v_request, v_amount);
    END IF;
    v_hold.user_id := v_transfer.user_id;
    v_hold.hold_id := v_transfer.transaction_id;
    v_hold.asset_id := v_transfer.asset_id;
    v_hold.status := 'open';
    v_hold.amount := v_amount;
    v_hold.captured := round(0::numeric, v_asset.scale);
    v_hold.created_at := v_transfer.created_at;
    v_hold.expires_at := v_transfer.created_at + v_expires_in;
    v_hold.lots := v_transfer.details #> '{result,lots}';
    IF v_transfer.transaction_id = v_request.transaction_id THEN
        INSERT INTO wallet_private.hold VALUES (v_hold.*);
    END IF;

    -- 6. Return the receipt. It shows the hold as it was when it was placed.
    RETURN wallet_private.to_hold(
        v_hold, v_asset.code, v_transfer, v_transfer.transaction_id <> v_request.transaction_id
    );
END
$$;

COMMENT ON FUNCTION wallet.place_hold(uuid, text, numeric, interval, text, text, jsonb, text) IS
'Sets an amount of a user''s balance aside until it is captured or released, or until p_expires_in
(1 second to 366 days) has passed. What is held can''t be spent. In an asset with lots the hold
takes them in the order of use, and they don''t expire while it holds them.
Returns: wallet.hold. For a key that was used before it is the first one again, with is_replay.
Locks: the user''s wallet in the asset.
Raises: WA101 WA102 WA103 WA104 WA105 WA106 WA109 WA111 WA201 WA202 WA301 WA401 WA412 WA414 WA501
WA503';
