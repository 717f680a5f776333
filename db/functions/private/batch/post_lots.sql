CREATE OR REPLACE FUNCTION wallet_private.post_lots(
    p_items wallet_private.batch_item[], p_results wallet.batch_result[]
) RETURNS wallet.batch_result[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Posts what a batch asks of assets with lots. A wallet is left over if anything else is special
-- about it: a debt, a limit, a hold or a lot that has expired. The wallets are locked.
DECLARE
    v_now timestamptz := clock_timestamp();
    v_run record;
    v_lots wallet_private.lot[];  -- with anything left, in the order of use
    v_uses jsonb;
    v_item wallet_private.batch_item;
    v_transfer wallet_private.transfer;
    v_planned wallet_private.batch_item[] := ARRAY[]::wallet_private.batch_item[];
BEGIN
    -- Plan, as plan does.
    FOR v_run IN
        SELECT
            r.items, w.seq, greatest(v_now, w.moved_at + interval '1 microsecond') AS now,
            a AS asset, o.lots, o.expires_at
        FROM (
            SELECT
                (i.transfer).user_id AS user_id, (i.transfer).asset_id AS asset_id,
                array_agg(i ORDER BY i.ord) AS items
            FROM unnest(p_items) AS i
            WHERE i.run_length > 0 AND NOT i.is_plain
            GROUP BY (i.transfer).user_id, (i.transfer).asset_id
        ) AS r
        INNER JOIN wallet_private.wallet AS w
            ON w.user_id = r.user_id AND w.asset_id = r.asset_id
        INNER JOIN wallet_private.asset AS a
            ON a.asset_id = r.asset_id AND a.lot_order IS NOT NULL AND NOT a.is_limited
        CROSS JOIN LATERAL wallet_private.open_lots(w.user_id, w.asset_id, a.lot_order) AS o
        WHERE NOT EXISTS (
            SELECT FROM wallet_private.debt AS d
            WHERE d.user_id = w.user_id AND d.asset_id = w.asset_id
        )
        AND NOT EXISTS (
            SELECT FROM wallet_private.hold AS h
            WHERE h.user_id = w.user_id AND h.asset_id = w.asset_id AND h.status = 'open'
                AND h.expires_at <= greatest(v_now, w.moved_at + interval '1 microsecond')
        )
    LOOP
        v_lots := v_run.lots;
        FOREACH v_item IN ARRAY v_run.items LOOP
            EXIT WHEN v_run.expires_at <= v_run.now;
            v_run.seq := v_run.seq + 1;
            v_transfer := v_item.transfer;
            v_transfer.seq := v_run.seq;
            v_transfer.created_at := v_run.now;
            IF v_transfer.amount > 0 THEN
                v_uses := NULL;
                v_transfer.details := wallet_private.with_result(
                    v_transfer.details, 'lot', wallet_private.new_lot(v_transfer, v_run.asset)
                );
            ELSE
                v_uses := wallet_private.pick_lots(v_lots, -v_transfer.amount);
                v_transfer.details := wallet_private.with_uses(
                    v_transfer.details, (v_run.asset).lot_order, v_uses
                );
            END IF;
            v_item.transfer := v_transfer;
            v_planned[cardinality(v_planned) + 1] := v_item;
            CONTINUE WHEN v_item.run_length = 1;

            -- What the next request of the run finds.
            v_lots := wallet_private.change_lots(v_lots, v_uses, -1, 0);
            IF v_transfer.amount > 0 THEN
                v_lots := v_lots || wallet_private.to_lot(v_transfer);
            END IF;
            SELECT
                array_agg(l ORDER BY wallet_private.lot_rank(l, (v_run.asset).lot_order)),
                min(l.expires_at) FILTER (WHERE l.remaining > l.held)
            INTO v_lots, v_run.expires_at
            FROM unnest(v_lots) AS l;
            v_run.now := v_run.now + interval '1 microsecond';
        END LOOP;
    END LOOP;

    p_results := wallet_private.post_runs(v_planned, p_results, true);

    -- Settle, as settle does.
    INSERT INTO wallet_private.lot
    SELECT (wallet_private.to_lot(i.transfer)).*
    FROM unnest(v_planned) AS i
    WHERE p_results[i.ord].transaction_id IS NOT NULL AND (i.transfer).amount > 0;
    UPDATE wallet_private.lot AS l
    SET remaining = l.remaining - u.amount,
        is_open = l.remaining > u.amount
    FROM (
        SELECT
            (i.transfer).user_id AS user_id, (i.transfer).asset_id AS asset_id, e.lot,
            sum(e.amount) AS amount
        FROM unnest(v_planned) AS i
        CROSS JOIN LATERAL jsonb_to_recordset((i.transfer).details #> '{result,lots}') AS e (
            lot bigint, amount numeric
        )
        WHERE p_results[i.ord].transaction_id IS NOT NULL
        GROUP BY (i.transfer).user_id, (i.transfer).asset_id, e.lot
    ) AS u
    WHERE l.user_id = u.user_id AND l.asset_id = u.asset_id AND l.lot_id = u.lot;
    RETURN p_results;
END
$$;
