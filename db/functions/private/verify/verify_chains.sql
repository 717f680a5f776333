CREATE OR REPLACE FUNCTION wallet_private.verify_chains(p_from uuid, p_to uuid, p_since bigint)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each transfer of these users follows from the one before it. What its request wrote is there for
-- as long as the user is. Since a checkpoint: the head of then is still the hash of its transfer,
-- which has what is in that hash, and so has each one after it.
BEGIN
    RETURN QUERY
    SELECT
        'history is as it was',
        format(
            'transfer %s of user %s asset %s', h.seq, h.user_id,
            wallet_private.asset_code(h.asset_id)
        ),
        encode(h.head, 'hex'), coalesce(encode(t.hash, 'hex'), 'no such transfer')
    FROM wallet_private.heads_since(p_since, p_from, p_to) AS h
    LEFT JOIN wallet_private.transfer AS t
        ON t.user_id = h.user_id AND t.asset_id = h.asset_id AND t.seq = h.seq
    WHERE t.hash IS DISTINCT FROM h.head
    ORDER BY h.user_id, h.asset_id;

    RETURN QUERY
    SELECT
        c.name,
        format(
            'transfer %s of user %s asset %s', t.seq, t.user_id,
            wallet_private.asset_code(t.asset_id)
        ),
        c.expected, c.found
    FROM (
        SELECT
            l.*,
            lag(l.seq, 1, 0::bigint) OVER chain AS last_seq,
            lag(l.hash, 1, ''::bytea) OVER chain AS last_hash,
            lag(l.balance_after, 1, 0::numeric) OVER chain AS last_balance,
            lag(l.created_at, 1, '-infinity') OVER chain AS last_at,
            lag(l.feed_position) OVER chain AS last_position
        FROM wallet_private.transfers_since(p_from, p_to, p_since) AS l
        WINDOW chain AS (PARTITION BY l.user_id, l.asset_id ORDER BY l.seq)
    ) AS t
    LEFT JOIN wallet_private.user_account AS u ON u.user_id = t.user_id
    -- UNION ALL: of VALUES, PostgreSQL would set each expression up anew for each transfer.
    CROSS JOIN LATERAL (
        SELECT 'seq has no gaps', (t.last_seq + 1)::text, t.seq::text
        UNION ALL
        SELECT
            'balance_after adds up', trim_scale(t.last_balance + t.amount)::text,
            trim_scale(t.balance_after)::text
        UNION ALL
        SELECT
            'time rises',
            CASE WHEN t.created_at <= t.last_at THEN 'after ' || t.last_at END,
            CASE WHEN t.created_at <= t.last_at THEN t.created_at::text END
        UNION ALL
        SELECT
            'feed position never falls',
            CASE WHEN coalesce(t.feed_position, 0) < t.last_position
                THEN 'at least ' || t.last_position
            END,
            CASE WHEN coalesce(t.feed_position, 0) < t.last_position
                THEN coalesce(t.feed_position::text, 'none')
            END
        UNION ALL
        -- A refund moves nothing when the total is the same, or all of it is owed.
        SELECT
            'only holds and debts move nothing', (
                t.kind IN ('HOLD', 'RELEASE', 'FORGIVE') OR t.kind = 'REFUND' AND t.amount = 0
            )::text, (t.amount = 0)::text
        UNION ALL
        SELECT
            'the first leg has the key',
            (t.leg = 1 AND t.kind NOT IN ('EXPIRE', 'REFUND', 'REPAY'))::text,
            (t.idempotency_key IS NOT NULL)::text
        UNION ALL
        SELECT
            'texts are there until their user is erased', 'true', (
                CASE u.status
                    WHEN 'erased' THEN CASE
                        WHEN t.seal IS NULL THEN t.actor IS NOT NULL
                        ELSE octet_length(t.seal) = 32 AND t.actor IS NULL
                    END
                    AND coalesce(t.reference, t.metadata::text, t.details ->> 'reason') IS NULL
                    ELSE coalesce(octet_length(t.seal), 16) = 16 AND t.actor IS NOT NULL
                END
            )::text
        UNION ALL
        SELECT
            'chain is intact', encode(wallet_private.sealed_hash(
                t.last_hash, t.user_id, t.asset_id, t.seq, t.transaction_id, t.leg, t.kind,
                t.amount, t.balance_after, t.counterparty, t.idempotency_key, t.reference,
                t.details, t.metadata, t.actor, t.created_at, t.seal
            ), 'hex'), encode(t.hash, 'hex')
    ) AS c (name, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found AND (t.seq < t.since_seq) IS NOT TRUE
    ORDER BY t.user_id, t.asset_id, t.seq;
END
$$;
