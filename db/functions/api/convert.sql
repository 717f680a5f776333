CREATE OR REPLACE FUNCTION wallet.convert(
    p_user_id uuid,
    p_from_asset text,
    p_to_asset text,
    p_amount numeric,
    p_idempotency_key text,
    p_rate_id bigint DEFAULT NULL,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.conversion_receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_from wallet_private.asset;
    v_to wallet_private.asset;
    v_request wallet_private.transfer;
    v_rate wallet_private.conversion_rate;
    v_step record;
    v_legs wallet_private.transfer[];
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(p_user_id, p_idempotency_key, NULL, p_metadata, p_actor);
    v_request := wallet_private.new_transfer(
        'CONVERT', p_user_id, NULL, NULL, p_idempotency_key, NULL,
        jsonb_build_object('to_asset', p_to_asset, 'rate_id', p_rate_id),
        p_metadata, p_actor
    );
    v_from := wallet_private.find_asset(p_from_asset, 'from_asset');
    v_to := wallet_private.find_asset(p_to_asset, 'to_asset');
    v_request.asset_id := v_from.asset_id;
    v_request.amount := -wallet_private.check_amount('amount', p_amount, v_from);

    -- 2. Answer a replay.
    v_legs := wallet_private.find_legs(wallet_private.lock_and_find(
        v_request, ARRAY[v_from.asset_id, v_to.asset_id]
    ));

    -- 3.-5. Move the balances, append the transfers, settle what a race decided.
    IF v_legs IS NULL THEN
        PERFORM wallet_private.check_open(v_from);
        PERFORM wallet_private.check_open(v_to);
        v_rate := wallet_private.find_rate(v_from, v_to, p_rate_id);
        v_step := wallet_private.conversion_step(
            v_rate.from_amount, v_from.scale, v_rate.to_amount, v_to.scale
        );
        v_request.details := wallet_private.with_result(
            v_request.details, 'rate_id', v_rate.rate_id
        );
        v_legs[1] := v_request;
        v_request.leg := 2;
        v_request.asset_id := v_to.asset_id;
        v_request.idempotency_key := NULL;
        v_request.amount := wallet_private.check_amount(
            'the result',
            v_step.to_step * wallet_private.check_multiple(
                p_amount, v_step.from_step, v_from.code
            ),
            v_to
        );
        v_legs[2] := v_request;
        v_legs := wallet_private.post_pair(v_legs);
    END IF;

    -- 6. Return the receipt.
    RETURN ROW(
        v_legs[1].transaction_id, v_legs[1].kind, v_legs[1].user_id,
        v_from.code, -v_legs[1].amount, v_legs[1].balance_after,
        v_to.code, v_legs[2].amount, v_legs[2].balance_after,
        (v_legs[1].details #>> '{result,rate_id}')::bigint, v_legs[1].metadata,
        v_legs[1].created_at,
        v_legs[1].transaction_id <> v_request.transaction_id
    )::wallet.conversion_receipt;
END
$$;

COMMENT ON FUNCTION wallet.convert(uuid, text, text, numeric, text, bigint, jsonb, text) IS
'Exchanges p_amount of one asset for another at the current rate, and only if that comes out
exactly. A client may send the rate that it was quoted as p_rate_id. The conversion is refused if
that is no longer the rate.
Returns: wallet.conversion_receipt. For a key used before it is the first one again, with is_replay.
Locks: the user''s two wallets by asset; then, of capped assets, supply stripes by asset.
Raises: WA101 WA102 WA103 WA104 WA105 WA106 WA107 WA111 WA112 WA201 WA202 WA207 WA301 WA306 WA401
WA402 WA412 WA413 WA414 WA501 WA503';
