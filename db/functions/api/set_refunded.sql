CREATE OR REPLACE FUNCTION wallet.set_refunded(
    p_user_id uuid,
    p_transaction_id uuid,
    p_refunded numeric,
    p_signed_at timestamptz,
    p_policy text DEFAULT 'reject',
    p_reference text DEFAULT NULL,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.refund_receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_original wallet_private.transfer;
    v_asset wallet_private.asset;
    v_request wallet_private.transfer;
    v_said wallet_private.refund;
    v_legs wallet_private.transfer[];
    v_outcome text;
BEGIN
    -- 1. Check the request. The transaction and the moment are its key.
    PERFORM wallet_private.check_given('transaction_id', p_transaction_id);
    PERFORM wallet_private.check_given('signed_at', p_signed_at);
    PERFORM wallet_private.check_range(
        'signed_at', p_signed_at, '2000-01-01 00:00:00+00', clock_timestamp() + interval '1 hour'
    );
    PERFORM wallet_private.check_request(
        p_user_id, p_transaction_id::text, p_reference, p_metadata, p_actor
    );
    PERFORM wallet_private.check_given('policy', p_policy);
    PERFORM wallet_private.check_choice('policy', p_policy, '{reject,clamp,debt}');
    v_original := wallet_private.find_refundable(p_user_id, p_transaction_id);
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_original.asset_id;
    IF p_refunded = 0 THEN
        p_refunded := round(0::numeric, v_asset.scale);
    ELSE
        p_refunded := wallet_private.check_amount('refunded', p_refunded, v_asset);
    END IF;
    IF p_refunded > v_original.amount THEN
        RAISE EXCEPTION 'more than is left to reverse'
            USING ERRCODE = 'WA408',
                DETAIL = format(
                    'Transaction %s credited %s %s.', p_transaction_id, v_original.amount,
                    v_asset.code
                ),
                HINT = format('Refund at most %s.', v_original.amount);
    END IF;
    v_request := wallet_private.new_transfer(
        'REFUND', p_user_id, v_original.asset_id, 0, NULL, p_reference,
        jsonb_build_object(
            'transaction_id', p_transaction_id, 'refunded', p_refunded,
            'signed_at', EXTRACT(EPOCH FROM p_signed_at), 'policy', p_policy
        ),
        p_metadata, p_actor
    );

    -- 2. Answer a notice that is known, or older than one that is.
    PERFORM wallet_private.lock_wallet(p_user_id, v_original.asset_id);
    SELECT r.* INTO v_said FROM wallet_private.refund AS r
    WHERE r.user_id = p_user_id AND r.transaction_id = p_transaction_id
        AND r.signed_at >= p_signed_at
    ORDER BY r.signed_at <> p_signed_at, r.signed_at DESC
    LIMIT 1;
    IF v_said.signed_at = p_signed_at AND v_said.refunded <> p_refunded THEN
        RAISE EXCEPTION 'the store has said something else'
            USING ERRCODE = 'WA340',
                DETAIL = format(
                    'As of %s %s of transaction %s is refunded, not %s.', p_signed_at,
                    v_said.refunded, p_transaction_id, p_refunded
                ),
                HINT = 'Give the moment at which the store signed this notice.';
    ELSIF v_said.signed_at IS NOT NULL THEN
        v_outcome := CASE v_said.signed_at WHEN p_signed_at THEN 'repeated' ELSE 'outdated' END;
        v_request.transaction_id := v_said.refund_id;
        v_legs := wallet_private.find_legs(v_request);
    ELSE
        -- 3.-5. Move the balance, append the transfers, write down what the store says.
        SELECT r.* INTO v_said FROM wallet_private.refund AS r
        WHERE r.user_id = p_user_id AND r.transaction_id = p_transaction_id
        ORDER BY r.signed_at DESC
        LIMIT 1;
        v_outcome := CASE sign(p_refunded - coalesce(v_said.refunded, 0))
            WHEN 1 THEN 'taken' WHEN -1 THEN 'given_back' ELSE 'unchanged'
        END;
        v_legs := wallet_private.plan_refund(v_request, v_original, v_said);
        IF cardinality(v_legs) = 2 AND v_asset.supply IS NOT NULL THEN
            PERFORM wallet_private.lock_supply(v_asset.asset_id);
        END IF;
        FOR v_leg IN 1..cardinality(v_legs) LOOP
            v_legs[v_leg] := wallet_private.post(v_legs[v_leg]);
        END LOOP;
        v_said := ROW(
            p_user_id, p_transaction_id, p_signed_at, v_request.transaction_id, p_refunded,
            (v_legs[1].details #>> '{result,taken}')::numeric
        );
        INSERT INTO wallet_private.refund VALUES (v_said.*);
    END IF;

    -- 6. Return the receipt.
    RETURN ROW(
        v_said.refund_id, 'REFUND', p_user_id, v_asset.code,
        abs(v_legs[1].amount + coalesce(v_legs[2].amount, 0)),
        v_legs[cardinality(v_legs)].balance_after, v_legs[1].reference, v_legs[1].metadata,
        v_legs[1].created_at, p_transaction_id, v_said.refunded, v_said.signed_at, v_outcome,
        (v_legs[1].details #>> '{result,shortfall}')::numeric,
        (v_legs[1].details #>> '{result,owed}')::numeric,
        (v_legs[1].details #>> '{result,debt}')::numeric
    )::wallet.refund_receipt;
END
$$;

COMMENT ON FUNCTION wallet.set_refunded(
    uuid, uuid, numeric, timestamptz, text, text, jsonb, text
) IS
'States what a store says: of a top-up, or of the bonus that came with it, p_refunded is refunded in
all, as of p_signed_at, when the store signed its notice. It needs no idempotency key. A notice that
is repeated, or older than one that is known, changes nothing. A higher total takes the difference,
a lower one (an undone refund) gives it back. Together with wallet.reverse it never takes more than
was credited. In an asset with lots it takes from the transaction''s own lot first,
then from others that were paid for, then from free ones, and gives back to where it took from. If
the user has spent the amount meanwhile, p_policy decides: reject refuses, clamp takes what is
there, and debt takes what is there and has the user owe the rest. Credits repay a debt before
anything else, and a refund that is undone cancels it first. It works on frozen and closed accounts
too.
Returns: wallet.refund_receipt. outcome is taken, given_back, unchanged (a newer notice of the same
total), repeated (with the first receipt again) or outdated (with that of the newest notice).
shortfall is what clamp could not take, owed what the debt grew (or, negative, shrank) by, and debt
what was owed then.
Locks: the user''s wallet in the asset; then, of a capped asset, supply stripes.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA110 WA111 WA117 WA206 WA340 WA401 WA402 WA408';
