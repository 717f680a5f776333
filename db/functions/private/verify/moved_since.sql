CREATE OR REPLACE FUNCTION wallet_private.moved_since(
    p_since bigint, p_from uuid, p_to uuid, OUT first uuid, OUT last uuid
) RETURNS SETOF record
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Which of these users have moved since a checkpoint, as ranges of ids without anybody in them
    -- who has not. All of them if p_since is NULL.
    SELECT p_from, p_to
    WHERE p_since IS NULL
    UNION ALL
    SELECT
        (array_agg(i.user_id ORDER BY i.user_id))[1],
        (array_agg(i.user_id ORDER BY i.user_id DESC))[1]
    FROM (
        SELECT
            u.*,
            row_number() OVER (ORDER BY u.user_id)
            - row_number() OVER (PARTITION BY u.has_moved ORDER BY u.user_id) AS range
        FROM (
            SELECT
                coalesce(w.user_id, h.user_id) AS user_id,
                bool_or(
                    (coalesce(w.seq, 0), coalesce(w.head, ''))
                    <> (coalesce(h.seq, 0), coalesce(h.head, ''))
                ) AS has_moved
            FROM (
                SELECT o.user_id, o.asset_id, o.seq, o.head FROM wallet_private.wallet AS o
                WHERE o.user_id BETWEEN p_from AND p_to
            ) AS w
            FULL JOIN wallet_private.heads_since(p_since, p_from, p_to) AS h
                ON h.user_id = w.user_id AND h.asset_id = w.asset_id
            WHERE p_since IS NOT NULL
            GROUP BY coalesce(w.user_id, h.user_id)
        ) AS u
    ) AS i
    WHERE i.has_moved
    GROUP BY i.range
$$;
