CREATE OR REPLACE FUNCTION wallet_private.run_list_actions(
    p_name text,
    p_subject text,
    p_by text,
    p_since timestamptz,
    p_until timestamptz,
    p_limit integer,
    p_cursor text
) RETURNS SETOF wallet.action_item
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A cursor has a digest of the filters, and for each partition where its part ended. Each action
-- gets a number of its own in the cluster. What is done in all partitions alike is written down in
-- each; partition 0's is shown.
DECLARE
    v_size integer := wallet_private.partitions();
    v_digest text := md5(format(
        '%L %L %L %L %L', p_name, p_subject, p_by, extract(epoch FROM p_since),
        extract(epoch FROM p_until)
    ));
    v_limit integer := coalesce(p_limit, 50);
    v_words text[] := string_to_array(p_cursor, '.');
    v_before bigint[];
    v_actions wallet.action_item[] := '{}';
BEGIN
    IF v_limit NOT BETWEEN 1 AND 200 OR p_cursor IS NOT NULL AND (
        p_cursor !~ '^[0-9a-f]{32}([.][0-9]{0,18})+$' OR v_words[1] <> v_digest
        OR cardinality(v_words) <> v_size + 1
    ) THEN  -- a partition refuses that
        RETURN QUERY SELECT a.* FROM wallet_private.list_actions(
            wallet_private.any_place(), p_name, p_subject, p_by, p_since, p_until, p_limit,
            p_cursor || '.'
        ) AS a;
        RETURN;
    END IF;
    FOR v_place IN 0..v_size - 1 LOOP
        v_before := v_before || nullif(v_words[v_place + 2], '')::bigint;
        v_actions := v_actions || ARRAY(
            SELECT ROW(
                a.action_id * v_size + v_place, a.created_at, a.actor, a.name, a.subject, a.details,
                NULL
            )::wallet.action_item
            FROM wallet_private.part_actions(
                v_place, p_name, p_subject, p_by, p_since, p_until, v_limit + 1,
                v_before[v_place + 1],
                CASE WHEN v_place > 0 THEN '_(alert|subscription|webhook(_events|_secret)?)$' END
            ) AS a
        );
    END LOOP;

    -- The order within a partition is that of its numbers, whatever the clock says.
    RETURN QUERY
    WITH ordered AS (
        SELECT
            a.*,
            row_number() OVER (ORDER BY a.latest_at DESC, a.place, a.action_id DESC) AS ord
        FROM (
            SELECT
                u.*, u.action_id % v_size AS place,
                min(u.created_at) OVER (
                    PARTITION BY u.action_id % v_size ORDER BY u.action_id DESC
                ) AS latest_at
            FROM unnest(v_actions) AS u
        ) AS a
    ), page AS (
        SELECT o.* FROM ordered AS o WHERE o.ord <= v_limit
    )
    SELECT
        p.action_id, p.created_at, p.actor, p.name, p.subject, p.details,
        CASE WHEN p.ord = v_limit AND cardinality(v_actions) > v_limit THEN (
            SELECT v_digest || string_agg(
                concat('.', coalesce((
                    SELECT min(q.action_id) / v_size FROM page AS q WHERE q.place = s.place
                ), v_before[s.place + 1])), '' ORDER BY s.place
            )
            FROM generate_series(0, v_size - 1) AS s (place)
        ) END
    FROM page AS p
    ORDER BY p.ord;
END
$$;
