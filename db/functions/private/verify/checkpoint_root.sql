CREATE OR REPLACE FUNCTION wallet_private.checkpoint_root(
    p_checkpoint_id bigint, OUT wallets bigint, OUT transfers numeric, OUT root bytea
)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Computes the root over the heads as they were at a checkpoint. It hashes in two levels, so
    -- that no hashed string becomes too long when there are many wallets.
    SELECT
        coalesce(sum(b.wallets), 0)::bigint,
        coalesce(sum(b.transfers), 0),
        sha256(coalesce(string_agg(b.digest, '' ORDER BY b.bucket), ''))
    FROM (
        SELECT
            left(h.user_id::text, 4) AS bucket,
            count(*) AS wallets,
            sum(h.seq) AS transfers,
            sha256(string_agg(
                convert_to(ROW(h.user_id, h.asset_id, h.seq)::text, 'UTF8') || h.head,
                '' ORDER BY h.user_id, h.asset_id
            )) AS digest
        FROM wallet_private.heads_at(
            p_checkpoint_id, '00000000-0000-0000-0000-000000000000',
            'ffffffff-ffff-ffff-ffff-ffffffffffff'
        ) AS h
        GROUP BY left(h.user_id::text, 4)
    ) AS b
$$;
