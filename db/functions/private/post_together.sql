CREATE OR REPLACE FUNCTION wallet_private.post_together(
    p_requests wallet.request[], p_actors text[]
) RETURNS wallet.batch_result[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Posts of a batch what needs no second look, in a few statements for all of it; answers NULL for
-- the rest, whose wallets are left as they were. The joins are nested loops (post_batch sees to
-- that), so wallets are locked in the order of sort_batch.
DECLARE
    v_items wallet_private.batch_item[];
    v_item record;
    v_capped record;
    v_transfer wallet_private.transfer;
    v_results wallet.batch_result[];
BEGIN
    v_items := ARRAY(
        SELECT i FROM wallet_private.sort_batch(p_requests, p_actors) AS i WHERE i.is_sound
    );
    v_results[cardinality(p_requests)] := NULL;
    IF EXISTS (SELECT FROM unnest(v_items) AS i WHERE i.is_plain AND i.run_length > 1) THEN
        v_results := wallet_private.post_runs(v_items, v_results);
    END IF;

    -- Those that are alone on their wallet: as in post, but all of them in one statement.
    FOR v_item IN
        WITH item AS MATERIALIZED (
            SELECT i.ord, i.asset, i.is_capped, (i.transfer).* -- noqa: AL03
            FROM unnest(v_items) AS i
            WHERE i.is_plain AND i.run_length = 1
        ),

        moved AS (
            UPDATE wallet_private.wallet AS w
            SET balance = w.balance + i.amount,
                seq = w.seq + 1,
                moved_at = greatest(i.created_at, w.moved_at + interval '1 microsecond'),
                head = wallet_private.transfer_hash(
                    w.head, i.user_id, i.asset_id, w.seq + 1, i.transaction_id, i.leg, i.kind,
                    i.amount, w.balance + i.amount, i.counterparty, i.idempotency_key,
                    i.reference, i.details, i.metadata, i.actor,
                    greatest(i.created_at, w.moved_at + interval '1 microsecond')
                )
            FROM item AS i
            WHERE w.user_id = i.user_id AND w.asset_id = i.asset_id
                AND w.is_active AND w.balance + i.amount >= w.held
            RETURNING i.ord, i.asset, ROW(
                i.user_id, i.transaction_id, w.seq, w.moved_at, i.asset_id, i.leg, i.kind,
                i.amount, w.balance, i.counterparty, i.idempotency_key, i.reference, i.details,
                i.metadata, i.actor, w.head
            )::wallet_private.transfer AS transfer
        ),

        appended AS (
            INSERT INTO wallet_private.transfer
            SELECT (m.transfer).* FROM moved AS m
            ON CONFLICT (user_id, idempotency_key) DO NOTHING
            RETURNING transaction_id
        )

        SELECT m.ord, m.asset, m.transfer, a.transaction_id IS NOT NULL AS is_appended
        FROM moved AS m
        LEFT JOIN appended AS a ON a.transaction_id = (m.transfer).transaction_id
    LOOP
        IF v_item.is_appended THEN
            v_results[v_item.ord] := wallet_private.to_result(
                v_item.ord, v_item.transfer, v_item.asset
            );
        ELSE
            PERFORM wallet_private.take_back(v_item.transfer, 0);
        END IF;
    END LOOP;

    -- What is credited of capped assets, before what debits give back, and as if those that go one
    -- by one were all to be credited too: so nobody here takes what would have been another's.
    FOR v_capped IN
        SELECT
            (array_agg(i.transfer))[1] AS transfer,
            sum((i.transfer).amount) AS wanted,
            coalesce(sum((i.transfer).amount) FILTER (
                WHERE v_results[i.ord].transaction_id IS NULL
            ), 0) AS open
        FROM unnest(v_items) AS i
        WHERE i.is_capped
            AND (v_results[i.ord].transaction_id IS NOT NULL OR (i.transfer).amount > 0)
        GROUP BY (i.transfer).asset_id, sign((i.transfer).amount)
        ORDER BY (i.transfer).asset_id, sign((i.transfer).amount) DESC
    LOOP
        v_transfer := v_capped.transfer;
        v_transfer.amount := v_capped.wanted;
        PERFORM wallet_private.settle_supply(v_transfer);
        IF v_capped.open > 0 THEN
            v_transfer.amount := -v_capped.open;
            PERFORM wallet_private.settle_supply(v_transfer);
        END IF;
    END LOOP;
    RETURN v_results;
END
$$;
