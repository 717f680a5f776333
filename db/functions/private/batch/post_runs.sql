CREATE OR REPLACE FUNCTION wallet_private.post_runs(
    p_items wallet_private.batch_item[],
    p_results wallet.batch_result[],
    p_is_planned boolean DEFAULT false
) RETURNS wallet.batch_result[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Posts the runs of a batch. A run is several requests on one wallet, in their order. It is posted
-- if all of it can be posted. The wallets are locked. post_lots has planned the requests on wallets
-- with lots (p_is_planned), where even one request is a run.
DECLARE
    v_item wallet_private.batch_item;
    v_position bigint := txid_current()
        + wallet_private.feed_base((p_items[1].transfer).asset_id);
    v_wallet wallet_private.wallet;
    v_balance numeric;  -- the wallet's after the request: it may be too low
    v_is_good boolean;  -- whether the run can be posted as far as it has been read
    v_transfer wallet_private.transfer;
    v_run integer;  -- how many of the run have been read
    v_posted wallet_private.batch_item[] := ARRAY[]::wallet_private.batch_item[];
    v_count integer := 0;  -- how many of these belong to complete runs
    v_wallets wallet_private.wallet[] := ARRAY[]::wallet_private.wallet[];
BEGIN
    FOREACH v_item IN ARRAY p_items LOOP
        CONTINUE WHEN (v_item.run_length > 1 AND v_item.is_plain OR p_is_planned) IS NOT TRUE;
        v_transfer := v_item.transfer;
        -- A new run begins. Read its wallet as it is now.
        IF (v_wallet.user_id, v_wallet.asset_id)
            IS DISTINCT FROM (v_transfer.user_id, v_transfer.asset_id) THEN
            v_run := 0;
            SELECT w.* INTO v_wallet FROM wallet_private.wallet AS w
            WHERE w.user_id = v_transfer.user_id AND w.asset_id = v_transfer.asset_id;
            v_wallet.user_id := v_transfer.user_id;
            v_wallet.asset_id := v_transfer.asset_id;
            v_is_good := (v_wallet.is_active AND v_wallet.is_plain <> p_is_planned) IS TRUE;
            v_wallet.feed_position := greatest(v_position, v_wallet.feed_position);
        END IF;
        -- One request that can't be posted spoils its run.
        v_balance := v_wallet.balance + v_transfer.amount;
        v_is_good := v_is_good AND v_balance >= v_wallet.held;
        CONTINUE WHEN NOT v_is_good;
        v_wallet.balance := v_balance;
        v_wallet.seq := v_wallet.seq + 1;
        v_wallet.moved_at := greatest(
            v_transfer.created_at, v_wallet.moved_at + interval '1 microsecond'
        );
        v_transfer.seq := v_wallet.seq;
        v_transfer.created_at := v_wallet.moved_at;
        v_transfer.balance_after := v_wallet.balance;
        v_transfer.feed_position := v_wallet.feed_position;
        v_transfer.seal := wallet_private.new_seal(
            v_transfer.user_id, v_transfer.reference, v_transfer.details, v_transfer.metadata,
            v_transfer.actor
        );
        v_transfer.hash := wallet_private.sealed_hash(
            v_wallet.head, v_transfer.user_id, v_transfer.asset_id, v_transfer.seq,
            v_transfer.transaction_id, v_transfer.leg, v_transfer.kind, v_transfer.amount,
            v_transfer.balance_after, v_transfer.counterparty, v_transfer.idempotency_key,
            v_transfer.reference, v_transfer.details, v_transfer.metadata, v_transfer.actor,
            v_transfer.created_at, v_transfer.seal
        );
        v_wallet.head := v_transfer.hash;
        v_item.transfer := v_transfer;
        v_run := v_run + 1;
        v_posted[v_count + v_run] := v_item;
        -- The run is complete.
        IF v_run = v_item.run_length THEN
            v_count := v_count + v_run;
            v_wallets[cardinality(v_wallets) + 1] := v_wallet;
        END IF;
    END LOOP;

    v_posted := v_posted[:v_count];
    UPDATE wallet_private.wallet AS w
    SET balance = n.balance,
        seq = n.seq,
        moved_at = n.moved_at,
        head = n.head,
        feed_position = n.feed_position
    FROM unnest(v_wallets) AS n
    WHERE w.user_id = n.user_id AND w.asset_id = n.asset_id;
    INSERT INTO wallet_private.transfer
    SELECT (i.transfer).* FROM unnest(v_posted) AS i;
    FOREACH v_item IN ARRAY v_posted LOOP
        p_results[v_item.ord] := wallet_private.to_result(
            v_item.ord, v_item.transfer, v_item.asset
        );
    END LOOP;
    RETURN p_results;
END
$$;
