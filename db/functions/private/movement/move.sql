CREATE OR REPLACE FUNCTION wallet_private.move(
    p_kind text,
    p_sign numeric,
    p_user_id uuid,
    p_asset text,
    p_amount numeric,
    p_idempotency_key text,
    p_reference text,
    p_metadata jsonb,
    p_actor text,
    p_expires_at timestamptz DEFAULT NULL
) RETURNS wallet.receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Does what topup, bonus, spend and adjust have in common: all but their kind and sign. They are
-- nearly all that a wallet does. What nearly always happens is here in one piece: the request is
-- sound, the balance suffices, the key is new. In one piece it costs two thirds of what it costs in
-- several functions. Everything else is left to move_carefully, with nothing moved.
DECLARE
    v_transaction_id uuid := wallet_private.transaction_id();
    v_actor text := coalesce(p_actor, session_user);
    v_seal bytea;
    v_digest text;
    v_asset_id integer;
    v_amount numeric;
    v_is_sound boolean;
    v_base bigint;
    v_created_at timestamptz := clock_timestamp();
    v_transfer wallet_private.transfer;
    v_moved record;  -- with the types of its columns: what those check is not checked again
BEGIN
    -- 1. Check the request. After a start of the server, feed_base has to be looked at once. If the
    -- asset has lots, and nothing is unsound, v_is_sound is NULL.
    SELECT
        a.asset_id, p_sign * round(p_amount, a.scale),
        wallet_private.is_amount(p_amount, a.scale) AND wallet_private.is_for(a, p_kind)
            AND a.server_started_at = pg_postmaster_start_time()
            AND wallet_private.is_key(p_idempotency_key) AND p_expires_at IS NULL
            AND (a.lot_order IS NULL OR NULL),
        a.feed_base
    INTO v_asset_id, v_amount, v_is_sound, v_base
    FROM wallet_private.asset AS a WHERE a.code = p_asset;
    IF p_reference IS NOT NULL OR p_metadata IS NOT NULL OR p_actor IS NOT NULL THEN
        v_seal := wallet_private.new_seal(p_user_id, p_reference, NULL, p_metadata, v_actor);
        -- Without a seal there is nothing to check: the actor is the user himself or a login.
        IF v_seal IS NOT NULL THEN
            v_is_sound := v_is_sound
                AND wallet_private.is_text(p_reference, 255)
                AND wallet_private.is_metadata(p_metadata)
                AND wallet_private.is_text(p_actor, 255);
            v_digest := wallet_private.text_digest(
                v_seal, p_reference, NULL, p_metadata, v_actor
            );
        END IF;
    END IF;

    IF v_is_sound THEN
        -- 3. Move the balance, as in post, with the hash of sealed_hash.
        UPDATE wallet_private.wallet AS w
        SET balance = w.balance + v_amount,
            seq = w.seq + 1,
            moved_at = greatest(v_created_at, w.moved_at + interval '1 microsecond'),
            head = wallet_private.transfer_hash(
                w.head, p_user_id, v_asset_id, w.seq + 1, v_transaction_id, 1::smallint, p_kind,
                v_amount, w.balance + v_amount, 'TREASURY', p_idempotency_key, v_digest, NULL,
                NULL, CASE WHEN v_digest IS NULL THEN v_actor END,
                greatest(v_created_at, w.moved_at + interval '1 microsecond')
            ),
            feed_position = greatest(v_base + txid_current(), w.feed_position)
        WHERE w.user_id = p_user_id
            AND w.asset_id = v_asset_id
            AND w.is_active
            AND w.is_plain
            AND w.balance + v_amount >= w.held
        RETURNING w.seq, w.moved_at, w.balance, w.head, w.is_capped, w.feed_position
        INTO v_moved;

        -- 4. Append the transfer. A replay is noticed here, and its movement is taken back. That is
        -- expensive but rare. To look for the key before would cost each movement something.
        IF FOUND THEN
            INSERT INTO wallet_private.transfer VALUES (
                p_user_id, v_transaction_id, v_moved.seq, v_moved.moved_at, v_asset_id, 1, p_kind,
                v_amount, v_moved.balance, 'TREASURY', p_idempotency_key, p_reference, NULL,
                p_metadata, v_actor, v_moved.head, v_moved.feed_position, v_seal
            ) ON CONFLICT (user_id, hashtextextended(idempotency_key, 0)) DO NOTHING;
            IF FOUND THEN
                -- 5. Settle what a race decided, and 6. return the receipt.
                IF v_moved.is_capped THEN
                    PERFORM wallet_private.settle_supply(p_user_id, v_asset_id, v_amount);
                END IF;
                RETURN ROW(
                    v_transaction_id, p_kind, p_user_id, p_asset, abs(v_amount), v_moved.balance,
                    p_reference, p_metadata, v_moved.moved_at, false
                )::wallet.receipt;
            END IF;
            PERFORM wallet_private.take_back(p_user_id, v_asset_id, v_moved.seq, v_amount, 0);
            v_is_sound := false;
        END IF;
    END IF;

    -- Clear the way and try again: post does it. An asset with lots comes here at once. What is
    -- special about an asset stays as it is from here on.
    IF v_is_sound IS NOT false AND v_amount IS NOT NULL AND p_idempotency_key IS NOT NULL THEN
        LOCK TABLE wallet_private.wallet IN ROW EXCLUSIVE MODE;
        v_transfer := wallet_private.post(
            ROW(
                p_user_id, v_transaction_id, NULL, v_created_at, v_asset_id, 1, p_kind, v_amount,
                NULL, 'TREASURY', p_idempotency_key, p_reference, NULL, p_metadata, v_actor, NULL,
                NULL, NULL
            )::wallet_private.transfer,
            0, true, false
        );
        RETURN wallet_private.to_receipt(
            v_transfer, p_asset, v_transfer.transaction_id <> v_transaction_id
        );
    END IF;

    -- 2. Answer a replay, or say what is wrong.
    RETURN wallet_private.move_carefully(
        p_kind, p_sign, p_user_id, p_asset, p_amount, p_idempotency_key, p_reference, p_metadata,
        p_actor, p_expires_at
    );
END
$$;
