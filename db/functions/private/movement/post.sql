CREATE OR REPLACE FUNCTION wallet_private.post(
    p_transfer wallet_private.transfer,
    p_hold numeric DEFAULT 0,
    p_is_alone boolean DEFAULT true,
    p_is_locked boolean DEFAULT true
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Adds p_transfer.amount to a balance and p_hold to what is held of it, and appends the transfer.
-- Returns the transfer as it now is in the ledger. It has another transaction_id than was asked for
-- when a duplicate of it has won. A leg that is not alone (p_is_alone) is neither appended nor
-- settled: post_pair does that. If a duplicate of such a leg has won, the answer is NULL. Callers
-- have locked the wallet, or say that they have not (p_is_locked). Then they have at least locked
-- the table, so that nothing special begins meanwhile.
DECLARE
    v_base bigint;
    v_position bigint;
    v_seal bytea := wallet_private.new_seal(
        p_transfer.user_id, p_transfer.reference, p_transfer.details, p_transfer.metadata,
        p_transfer.actor
    );
    v_is_capped boolean;
    v_is_plain boolean;
    v_lot_order text;
    v_is_refusing boolean;  -- whether debt or limits may refuse it
    v_is_locked boolean := p_is_locked;
    v_details jsonb := p_transfer.details;
BEGIN
    -- After a start of the server, feed_base has to be looked at once, as in move.
    SELECT
        CASE WHEN a.server_started_at = pg_postmaster_start_time() THEN a.feed_base END,
        a.lot_order, a.is_limited OR a.is_debt_blocking
    INTO v_base, v_lot_order, v_is_refusing
    FROM wallet_private.asset AS a WHERE a.asset_id = p_transfer.asset_id;
    v_base := coalesce(v_base, wallet_private.renew_feed());
    -- Who is refused has waited for his turn: he may be a copy of the one before.
    IF v_is_refusing AND NOT v_is_locked THEN
        PERFORM wallet_private.lock_or_open(p_transfer.user_id, p_transfer.asset_id);
        v_is_locked := true;
    END IF;
    LOOP
        IF v_is_refusing OR v_lot_order IS NOT NULL THEN
            p_transfer := wallet_private.plan(p_transfer, p_hold, v_lot_order, v_is_refusing);
        END IF;
        -- This UPDATE is lock, check and change in one: it matches no row if the balance is too
        -- low. After a wait PostgreSQL checks and computes again, with the row as it is then. Time
        -- never goes backwards within a wallet, whatever the clock does, and neither does the feed.
        UPDATE wallet_private.wallet AS w
        SET balance = w.balance + p_transfer.amount,
            held = w.held + p_hold,
            seq = w.seq + 1,
            moved_at = greatest(p_transfer.created_at, w.moved_at + interval '1 microsecond'),
            head = wallet_private.sealed_hash(
                w.head, p_transfer.user_id, p_transfer.asset_id, w.seq + 1,
                p_transfer.transaction_id, p_transfer.leg, p_transfer.kind, p_transfer.amount,
                w.balance + p_transfer.amount, p_transfer.counterparty,
                p_transfer.idempotency_key, p_transfer.reference, p_transfer.details,
                p_transfer.metadata, p_transfer.actor,
                greatest(p_transfer.created_at, w.moved_at + interval '1 microsecond'),
                v_seal
            ),
            feed_position = greatest(v_base + txid_current(), w.feed_position)
        WHERE w.user_id = p_transfer.user_id
            AND w.asset_id = p_transfer.asset_id
            AND (
                w.is_active OR p_transfer.kind = ANY (
                    '{REVERSAL,ADJUST,RELEASE,EXPIRE,REFUND,REPAY,FORGIVE}'
                )
            )
            AND (w.is_plain OR v_is_locked OR w.seq + 1 = p_transfer.seq)
            AND w.balance + p_transfer.amount >= w.held + p_hold
        RETURNING w.seq, w.moved_at, w.balance, w.head, w.feed_position, w.is_capped, w.is_plain
        INTO p_transfer.seq, p_transfer.created_at, p_transfer.balance_after, p_transfer.hash,
            v_position, v_is_capped, v_is_plain;
        EXIT WHEN FOUND;
        IF NOT v_is_locked THEN
            PERFORM wallet_private.lock_or_open(p_transfer.user_id, p_transfer.asset_id);
            v_is_locked := true;
        ELSIF NOT wallet_private.clear_way(p_transfer, p_hold) THEN
            RETURN CASE WHEN p_is_alone THEN wallet_private.find_replay(p_transfer) END;
        END IF;
        p_transfer.details := v_details;
        p_transfer.created_at := clock_timestamp();
    END LOOP;
    -- Who is erased stays so. All other kinds ask whether the wallet is active.
    IF p_transfer.kind IN (
        'REVERSAL', 'ADJUST', 'RELEASE', 'EXPIRE', 'REFUND', 'REPAY', 'FORGIVE'
    ) THEN
        PERFORM wallet_private.refuse_erased(p_transfer.user_id);
    END IF;
    -- A row made anew: a call that began before a migration may have one without those columns.
    p_transfer := ROW(
        p_transfer.user_id, p_transfer.transaction_id, p_transfer.seq, p_transfer.created_at,
        p_transfer.asset_id, p_transfer.leg, p_transfer.kind, p_transfer.amount,
        p_transfer.balance_after, p_transfer.counterparty, p_transfer.idempotency_key,
        p_transfer.reference, p_transfer.details, p_transfer.metadata, p_transfer.actor,
        p_transfer.hash, v_position, v_seal
    )::wallet_private.transfer;
    IF NOT p_is_alone THEN
        RETURN p_transfer;
    END IF;

    -- The unique key of the ledger notices a duplicate that nothing noticed before. A seq that is
    -- taken would be a lost update: the primary key makes that an error.
    INSERT INTO wallet_private.transfer VALUES (p_transfer.*)
    ON CONFLICT (user_id, hashtextextended(idempotency_key, 0)) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM wallet_private.take_back(
            p_transfer.user_id, p_transfer.asset_id, p_transfer.seq, p_transfer.amount, p_hold
        );
        RETURN wallet_private.find_replay(p_transfer);
    END IF;
    IF v_is_capped AND p_transfer.amount <> 0 THEN
        PERFORM wallet_private.settle_supply(
            p_transfer.user_id, p_transfer.asset_id, p_transfer.amount
        );
    END IF;
    IF NOT v_is_plain THEN
        PERFORM wallet_private.settle(p_transfer, p_hold);
        IF p_transfer.amount > 0 OR p_hold < 0 THEN
            PERFORM wallet_private.repay_debt(p_transfer.user_id, p_transfer.asset_id);
        END IF;
    END IF;
    RETURN p_transfer;
END
$$;
