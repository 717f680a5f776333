CREATE OR REPLACE FUNCTION wallet_private.transfers_since(p_from uuid, p_to uuid, p_since bigint)
RETURNS TABLE (
    user_id uuid, asset_id integer, seq bigint, transaction_id uuid, leg smallint, kind text,
    amount numeric, balance_after numeric, counterparty text, idempotency_key text, reference text,
    details jsonb, metadata jsonb, actor text, created_at timestamptz, seal bytea, hash bytea,
    feed_position bigint, since_seq bigint
)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The transfers that are checked of these users: all if p_since is NULL. Since a checkpoint,
    -- each wallet's from its head then on (since_seq), and the one before, whose hash is in the
    -- head's. The heads are looked up wallet by wallet, which is quick without statistics too.
    SELECT
        t.user_id, t.asset_id, t.seq, t.transaction_id, t.leg, t.kind::text, t.amount,
        t.balance_after::numeric, t.counterparty, t.idempotency_key, t.reference, t.details,
        t.metadata, t.actor, t.created_at, t.seal, t.hash, t.feed_position, NULL::bigint
    FROM wallet_private.transfer AS t
    WHERE p_since IS NULL AND t.user_id BETWEEN p_from AND p_to
    UNION ALL
    SELECT
        t.user_id, t.asset_id, t.seq, t.transaction_id, t.leg, t.kind::text, t.amount,
        t.balance_after::numeric, t.counterparty, t.idempotency_key, t.reference, t.details,
        t.metadata, t.actor, t.created_at, t.seal, t.hash, t.feed_position, h.seq
    FROM wallet_private.chains(p_from, p_to) AS c
    LEFT JOIN LATERAL wallet_private.heads_since(p_since, c.user_id, c.user_id) AS h
        ON h.asset_id = c.asset_id
    INNER JOIN wallet_private.transfer AS t
        ON t.user_id = c.user_id AND t.asset_id = c.asset_id
        AND t.seq >= coalesce(h.seq - 1, -9223372036854775808)
    WHERE p_since IS NOT NULL
$$;
