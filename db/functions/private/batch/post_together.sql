CREATE OR REPLACE FUNCTION wallet_private.post_together(
    p_requests wallet.request[], p_actors text[], p_expires_at timestamptz[], p_try integer
) RETURNS wallet.batch_result[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Posts those requests of a batch that need no second look, in a few statements for all of them.
-- The others are left over: their results are NULL, and their wallets stay as they were.
--
-- post_batch posts what is left over one by one, which may lock more. So there are three tries:
--   1. No wallet is locked before. The joins are nested loops (post_batch sees to that), so wallets
--      are locked in the order of sort_batch. If a request is left over, WA901 ends the try. If a
--      key was used before, the ledger's unique index ends it.
--   2. All wallets are locked before one moves. Requests with a used key are left over.
--   3. All wallets and supplies are locked. All requests are left over.
DECLARE
    v_position bigint;
    v_items wallet_private.batch_item[];
    v_new wallet_private.batch_item[];  -- those whose keys are new, as far as is known
    v_is_locked boolean;
    v_item record;
    v_capped record;
    v_results wallet.batch_result[] := array_fill(
        NULL::wallet.batch_result, ARRAY[cardinality(p_requests)]
    );
BEGIN
    SELECT
        coalesce(array_agg(i), '{}'),
        p_try > 1 OR coalesce(bool_or((i.is_plain AND i.run_length = 1) IS NOT TRUE), false)
    INTO v_items, v_is_locked
    FROM wallet_private.sort_batch(p_requests, p_actors) AS i
    WHERE i.is_sound;
    IF array_remove(p_expires_at, NULL) <> '{}' THEN
        v_items := wallet_private.put_expiries(v_items, p_expires_at);
    END IF;
    v_new := v_items;
    v_position := txid_current()
        + wallet_private.feed_base((v_items[1].transfer).asset_id);
    IF v_is_locked THEN
        PERFORM wallet_private.lock_batch(v_items);
        IF p_try = 3 THEN
            PERFORM wallet_private.lock_supplies(v_items);
            RETURN v_results;
        END IF;
        IF p_try = 2 THEN
            v_new := ARRAY(
                SELECT i FROM unnest(v_items) AS i
                WHERE NOT EXISTS (
                    SELECT FROM wallet_private.transfer AS t
                    WHERE t.user_id = (i.transfer).user_id
                        AND hashtextextended(t.idempotency_key, 0)
                            = hashtextextended((i.transfer).idempotency_key, 0)
                )
            );
        END IF;
        v_results := wallet_private.post_runs(v_new, v_results);
    END IF;

    -- Post those that are alone on their wallet, as in post, but all of them in one statement.
    FOR v_item IN
        WITH item AS MATERIALIZED (
            SELECT
                i.ord, i.asset, (i.transfer).*, -- noqa: AL03
                wallet_private.new_seal(
                    (i.transfer).user_id, (i.transfer).reference, (i.transfer).details,
                    (i.transfer).metadata, (i.transfer).actor
                ) AS new_seal
            FROM unnest(v_new) AS i
            WHERE i.is_plain AND i.run_length = 1
        ),

        moved AS (
            UPDATE wallet_private.wallet AS w
            SET balance = w.balance + i.amount,
                seq = w.seq + 1,
                moved_at = greatest(i.created_at, w.moved_at + interval '1 microsecond'),
                head = wallet_private.sealed_hash(
                    w.head, i.user_id, i.asset_id, w.seq + 1, i.transaction_id, i.leg, i.kind,
                    i.amount, w.balance + i.amount, i.counterparty, i.idempotency_key,
                    i.reference, i.details, i.metadata, i.actor,
                    greatest(i.created_at, w.moved_at + interval '1 microsecond'),
                    i.new_seal
                ),
                feed_position = greatest(v_position, w.feed_position)
            FROM item AS i
            WHERE w.user_id = i.user_id AND w.asset_id = i.asset_id
                AND w.is_active AND w.is_plain AND w.balance + i.amount >= w.held
            RETURNING i.ord, i.asset, ROW(
                i.user_id, i.transaction_id, w.seq, w.moved_at, i.asset_id, i.leg, i.kind,
                i.amount, w.balance, i.counterparty, i.idempotency_key, i.reference, i.details,
                i.metadata, i.actor, w.head, w.feed_position, i.new_seal
            )::wallet_private.transfer AS transfer
        ),

        appended AS (
            INSERT INTO wallet_private.transfer
            -- They are sorted, so that all wallets are locked before the first key is taken. Keys
            -- are taken in one order too.
            SELECT (o.transfer).*
            FROM (
                SELECT m.transfer FROM moved AS m
                ORDER BY (m.transfer).user_id, (m.transfer).idempotency_key
            ) AS o
        )

        SELECT m.ord, m.asset, m.transfer FROM moved AS m
    LOOP
        v_results[v_item.ord] := wallet_private.to_result(
            v_item.ord, v_item.transfer, v_item.asset
        );
    END LOOP;

    IF EXISTS (SELECT FROM unnest(v_items) AS i WHERE v_results[i.ord].transaction_id IS NULL) THEN
        IF NOT v_is_locked THEN
            RAISE EXCEPTION 'this try is taken back'
                USING ERRCODE = 'WA901',
                    DETAIL = 'The batch has to be locked first.',
                    HINT = 'This is caught and never reaches a caller.';
        END IF;
        v_results := wallet_private.post_lots(v_new, v_results);
        PERFORM wallet_private.lock_supplies(v_items);
    END IF;

    -- Settle the capped assets. What is credited is taken first, also for the requests that are
    -- left over. What debits give back follows. So no request takes what would have been another's.
    FOR v_capped IN
        SELECT
            (array_agg((i.transfer).user_id))[1] AS user_id,
            (i.transfer).asset_id AS asset_id,
            coalesce(sum((i.transfer).amount) FILTER (WHERE (i.transfer).amount > 0), 0) AS wanted,
            sum((i.transfer).amount) FILTER (
                WHERE v_results[i.ord].transaction_id IS NOT NULL
            ) AS moved
        FROM unnest(v_items) AS i
        INNER JOIN wallet_private.asset AS a ON a.asset_id = (i.transfer).asset_id
        WHERE a.supply IS NOT NULL
        GROUP BY (i.transfer).asset_id
        HAVING bool_or(v_results[i.ord].transaction_id IS NOT NULL)
        ORDER BY (i.transfer).asset_id
    LOOP
        PERFORM wallet_private.settle_supply(
            v_capped.user_id, v_capped.asset_id, v_capped.wanted
        );
        PERFORM wallet_private.settle_supply(
            v_capped.user_id, v_capped.asset_id, v_capped.moved - v_capped.wanted
        );
    END LOOP;
    RETURN v_results;
END
$$;
