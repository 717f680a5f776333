CREATE OR REPLACE FUNCTION wallet_private.transfers_since(
    p_from uuid, p_to uuid, p_since bigint
) RETURNS SETOF wallet_private.transfer
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The transfers that are checked of these users: all if p_since is NULL. Since a checkpoint,
    -- each wallet's from its head then on, and the one before, whose hash is in the head's.
    SELECT t.* FROM wallet_private.transfer AS t
    WHERE p_since IS NULL AND t.user_id BETWEEN p_from AND p_to
    UNION ALL
    SELECT t.*
    FROM wallet_private.chains(p_from, p_to) AS c
    LEFT JOIN wallet_private.heads_since(p_since, p_from, p_to) AS h
        ON h.user_id = c.user_id AND h.asset_id = c.asset_id
    INNER JOIN wallet_private.transfer AS t
        ON t.user_id = c.user_id AND t.asset_id = c.asset_id
        AND t.seq >= coalesce(h.seq - 1, -9223372036854775808)
    WHERE p_since IS NOT NULL
$$;
