CREATE OR REPLACE FUNCTION wallet_private.import_history(
    p_lines wallet_private.history_line[],
    p_actor text DEFAULT NULL,
    p_is_check boolean DEFAULT false
) RETURNS wallet_private.history_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
-- Brings the past of whole wallets into wallets that have none, with its times and keys. A user's
-- lines are all accepted, or all refused. A wallet that begins with these very lines is a replay.
-- Only the owner may call this, as no other function may set the time of a transfer. With
-- p_is_check it says what it would do, and does nothing.
DECLARE
    v_items wallet_private.history_item[];
    v_item wallet_private.history_item;
    v_transfers wallet_private.transfer[];
    v_key record;
    v_lock wallet_private.batch_item;
    v_moved wallet_private.transfer;
    v_locks wallet_private.batch_item[] := ARRAY[]::wallet_private.batch_item[];
    v_refused_ids uuid[];
    v_issued record;
    v_result wallet_private.history_result;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_given('lines', p_lines);
    PERFORM wallet_private.check_text('actor', p_actor);
    p_lines := p_lines[:];  -- whatever its bounds were, from 1 on

    -- 2. Lock the accounts, then the wallets and so the users' keys, then read how they are.
    IF NOT p_is_check THEN
        PERFORM wallet_private.heed_caps();
        FOR v_key IN
            SELECT DISTINCT i.user_id, i.asset_id
            FROM wallet_private.read_history(p_lines) AS i
            WHERE i.user_id IS NOT NULL AND i.asset_id IS NOT NULL
            ORDER BY i.user_id, i.asset_id
        LOOP
            v_moved.user_id := v_key.user_id;
            v_moved.asset_id := v_key.asset_id;
            v_lock.transfer := v_moved;
            v_locks := v_locks || v_lock;
        END LOOP;
        UPDATE wallet_private.user_account AS u SET status = u.status
        FROM (
            SELECT DISTINCT (l.transfer).user_id AS user_id FROM unnest(v_locks) AS l
            ORDER BY user_id
        ) AS o
        WHERE u.user_id = o.user_id;
        PERFORM wallet_private.lock_batch(v_locks);
    END IF;
    v_items := ARRAY(SELECT i FROM wallet_private.read_history(p_lines) AS i);

    -- 3. Refuse the users of whom a line is wrong.
    v_result.refusals := ARRAY[]::wallet.refusal[];
    FOR v_item IN SELECT i.* FROM unnest(v_items) AS i WHERE NOT i.is_sound ORDER BY i.ord LOOP
        v_result.refusals := v_result.refusals || wallet_private.refuse_line(
            v_item, p_lines[v_item.ord]
        );
        v_refused_ids := v_refused_ids || v_item.user_id;
    END LOOP;
    SELECT count(*) FILTER (WHERE i.is_replay AND i.is_sound)
    INTO v_result.replays
    FROM unnest(v_items) AS i;
    v_items := ARRAY(
        SELECT i FROM unnest(v_items) AS i
        WHERE i.is_new AND (i.user_id = ANY (v_refused_ids)) IS NOT TRUE
            AND i.user_id IS NOT NULL
        ORDER BY i.user_id, i.asset_id, i.seq
    );
    SELECT
        count(DISTINCT i.user_id), count(*)
    INTO v_result.users, v_result.lines
    FROM unnest(v_items) AS i;
    SELECT coalesce(jsonb_object_agg(a.code, s.amount), '{}') INTO v_result.issued
    FROM (
        SELECT i.asset_id, sum(i.amount) AS amount FROM unnest(v_items) AS i GROUP BY i.asset_id
    ) AS s
    INNER JOIN wallet_private.asset AS a ON s.asset_id = a.asset_id;
    IF p_is_check OR v_items = '{}' THEN
        RETURN v_result;
    END IF;

    -- 4. Append the transfers, and put the wallets where they lead. A subscription to all that is
    -- in the ledger has to look for transfers without a place from now on.
    UPDATE wallet_private.feed AS f SET is_whole = false WHERE f.is_whole;
    v_transfers := ARRAY(SELECT t FROM wallet_private.chain_history(v_items, p_actor) AS t);
    INSERT INTO wallet_private.transfer SELECT t.* FROM unnest(v_transfers) AS t;
    UPDATE wallet_private.wallet AS w
    SET balance = l.balance_after,
        seq = l.seq,
        moved_at = l.created_at,
        head = l.hash
    FROM (
        SELECT DISTINCT ON (t.user_id, t.asset_id) t.*
        FROM unnest(v_transfers) AS t
        ORDER BY t.user_id, t.asset_id, t.seq DESC
    ) AS l
    WHERE w.user_id = l.user_id AND w.asset_id = l.asset_id;
    UPDATE wallet_private.user_account AS u SET created_at = f.created_at
    FROM (
        SELECT i.user_id, min(i.created_at) AS created_at FROM unnest(v_items) AS i
        GROUP BY i.user_id
    ) AS f
    WHERE u.user_id = f.user_id AND u.created_at > f.created_at;

    -- 5. Settle the caps, and make lots of what is left in assets with lots.
    FOR v_issued IN
        SELECT (array_agg(i.user_id))[1] AS user_id, i.asset_id, sum(i.amount) AS amount
        FROM unnest(v_items) AS i
        INNER JOIN wallet_private.asset AS a ON i.asset_id = a.asset_id
        WHERE a.supply IS NOT NULL
        GROUP BY i.asset_id
        ORDER BY i.asset_id
    LOOP
        PERFORM wallet_private.settle_supply(v_issued.user_id, v_issued.asset_id, v_issued.amount);
    END LOOP;
    INSERT INTO wallet_private.lot (
        user_id, asset_id, lot_id, origin, amount, remaining, expires_at
    )
    SELECT p.user_id, p.asset_id, p.lot_id, p.origin, p.amount, p.remaining, p.expires_at
    FROM (
        SELECT i.user_id, i.asset_id, max(i.seq) AS seq FROM unnest(v_items) AS i
        INNER JOIN wallet_private.asset AS a ON i.asset_id = a.asset_id
        WHERE a.lot_order IS NOT NULL
        GROUP BY i.user_id, i.asset_id
    ) AS w
    CROSS JOIN LATERAL wallet_private.past_lots(w.user_id, w.asset_id, w.seq) AS p;

    -- 6. Count it, as it has no place where wallet.fold_economy would find it.
    PERFORM wallet_private.add_days(
        ARRAY(SELECT d FROM wallet_private.count_days(v_transfers) AS d)
    );
    PERFORM wallet_private.add_spread(
        ARRAY(SELECT s FROM wallet_private.count_spread(v_transfers) AS s)
    );
    DELETE FROM wallet_private.leader AS l WHERE true;
    UPDATE wallet_private.fold AS f SET ranked_day = NULL WHERE f.ranked_day IS NOT NULL;
    PERFORM wallet_private.record_action(
        'import_history', 'users',
        jsonb_build_object(
            'users', v_result.users, 'lines', v_result.lines, 'issued', v_result.issued
        ),
        p_actor
    );
    RETURN v_result;
END
$$;
