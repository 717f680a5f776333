CREATE OR REPLACE FUNCTION wallet_private.heads_since(
    p_since bigint, p_from uuid, p_to uuid
) RETURNS SETOF wallet_private.checkpoint_head
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The heads from which on these users' wallets are checked since a checkpoint; none if p_since
    -- is NULL. A chain that an erasure made anew since is checked from its beginning.
    SELECT h.*
    FROM wallet_private.heads_at(p_since, p_from, p_to) AS h
    INNER JOIN wallet_private.checkpoint AS c ON c.checkpoint_id = h.checkpoint_id
    WHERE NOT EXISTS (
        SELECT FROM wallet_private.erased_chain AS e
        WHERE e.user_id = h.user_id AND e.asset_id = h.asset_id AND e.seq <= h.seq
            AND e.erased_at > c.created_at
    )
$$;
