CREATE OR REPLACE FUNCTION wallet.reverse(
    p_user_id uuid,
    p_transaction_id uuid,
    p_amount numeric,
    p_reason text,
    p_idempotency_key text,
    p_policy text DEFAULT 'reject',
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_grace interval DEFAULT NULL
) RETURNS wallet.reversal_receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_original wallet_private.transfer[];
    v_assets wallet_private.asset[];
    v_request wallet_private.transfer;
    v_legs wallet_private.transfer[];
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(p_user_id, p_idempotency_key, NULL, p_metadata, p_actor);
    v_request := wallet_private.new_transfer(
        'REVERSAL', p_user_id, NULL, NULL, p_idempotency_key, NULL,
        jsonb_build_object(
            'transaction_id', p_transaction_id, 'amount', p_amount, 'reason', p_reason,
            'policy', p_policy
        ),
        p_metadata, p_actor
    );
    IF p_grace IS NOT NULL THEN
        p_grace := wallet_private.check_duration('grace', p_grace);
        v_request.details := v_request.details
            || jsonb_build_object('grace', EXTRACT(EPOCH FROM p_grace));
    END IF;
    PERFORM wallet_private.check_given('reason', p_reason);
    PERFORM wallet_private.check_text('reason', p_reason);
    PERFORM wallet_private.check_given('policy', p_policy);
    PERFORM wallet_private.check_choice('policy', p_policy, '{reject,clamp}');
    v_original := wallet_private.find_transaction(p_user_id, p_transaction_id);
    IF v_original[1].kind IN (
        'REVERSAL', 'HOLD', 'RELEASE', 'REFUND', 'REPAY', 'FORGIVE'
    ) THEN
        RAISE EXCEPTION 'the transaction can''t be reversed'
            USING ERRCODE = 'WA309',
                DETAIL = format('Transaction %s is a %s.', p_transaction_id, v_original[1].kind),
                HINT = 'Repeat the movement that was reversed, or release the hold.';
    END IF;
    v_assets := ARRAY(
        SELECT a FROM unnest(v_original) AS l
        INNER JOIN wallet_private.asset AS a ON a.asset_id = l.asset_id
        ORDER BY l.leg
    );
    IF p_amount IS NOT NULL THEN
        v_request.details := v_request.details || jsonb_build_object(
            'amount', wallet_private.check_amount('amount', p_amount, v_assets[1])
        );
    END IF;

    -- 2. Answer a replay. What is left to reverse stays as it is from here on.
    v_legs := wallet_private.find_legs(wallet_private.lock_and_find(
        v_request, ARRAY(SELECT l.asset_id FROM unnest(v_original) AS l)
    ));

    -- 3.-5. Move the balances back, append the transfers, settle what belongs to them.
    IF v_legs IS NULL THEN
        v_legs := wallet_private.plan_reversal(v_request, v_original, v_assets);
        IF cardinality(v_legs) = 2 THEN
            v_legs := wallet_private.post_pair(v_legs);
        ELSE
            v_legs[1] := wallet_private.post(v_legs[1]);
        END IF;
        IF v_legs[1].transaction_id = v_request.transaction_id THEN
            PERFORM wallet_private.record_reversal(v_original[1], v_legs[1]);
            PERFORM wallet_private.heed_threshold(
                'reverse', v_assets[1].code, abs(v_legs[1].amount)
                    + coalesce((v_legs[1].details #>> '{result,shortfall}')::numeric, 0)
            );
            IF cardinality(v_legs) = 2 THEN
                PERFORM wallet_private.heed_threshold(
                    'reverse', v_assets[2].code, abs(v_legs[2].amount)
                );
            END IF;
        END IF;
    END IF;

    -- 6. Return the receipt.
    RETURN ROW(
        v_legs[1].transaction_id, v_legs[1].kind, v_legs[1].user_id, v_assets[1].code,
        abs(v_legs[1].amount), v_legs[1].balance_after, v_legs[1].reference, v_legs[1].metadata,
        v_legs[1].created_at, v_legs[1].transaction_id <> v_request.transaction_id,
        p_transaction_id, p_reason, (v_legs[1].details #>> '{result,shortfall}')::numeric,
        v_assets[2].code, abs(v_legs[2].amount), v_legs[2].balance_after
    )::wallet.reversal_receipt;
END
$$;

COMMENT ON FUNCTION wallet.reverse(uuid, uuid, numeric, text, text, text, jsonb, text, interval) IS
'Takes a transaction back: p_amount of its first leg, or all that is left (NULL). Several calls
together, and with what wallet.set_refunded has taken, take back no more than the original. The
reversal of a purchase takes items back, so its amount is a multiple of their price. The reversal of
a conversion moves both legs. It works on frozen and closed accounts too. If the user has spent the
amount meanwhile, p_policy decides: reject refuses, and clamp takes what is there. The shortfall of
the receipt is what could not be taken.
In an asset with lots, the reversal of a debit gives back to the lots that it used, the last one
first. A lot that has expired meanwhile expires at once, or lives for p_grace (1 second to 3660
days) from now. The reversal of a credit takes from its own lot first.
Returns: wallet.reversal_receipt. For a key used before it is the first one again, with is_replay.
Locks: the user''s wallets of the original by asset; of capped assets supply stripes; of a limited
item its row.
Raises: WA101 WA102 WA103 WA104 WA105 WA106 WA107 WA109 WA110 WA111 WA206 WA301 WA309 WA401
WA402 WA408 WA415';
