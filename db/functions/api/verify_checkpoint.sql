CREATE OR REPLACE FUNCTION wallet.verify_checkpoint(p_checkpoint_id bigint, p_root text)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM wallet_private.check_given('checkpoint_id', p_checkpoint_id);
    PERFORM wallet_private.check_given('root', p_root);
    -- The heads that were written down then are those that the root was made of.
    RETURN QUERY
    SELECT
        'root is that of the checkpoint', format('checkpoint %s', p_checkpoint_id), p_root,
        CASE WHEN c.checkpoint_id IS NULL THEN 'no such checkpoint' ELSE encode(r.root, 'hex') END
    FROM wallet_private.checkpoint_root(p_checkpoint_id) AS r
    LEFT JOIN wallet_private.checkpoint AS c ON c.checkpoint_id = p_checkpoint_id
    WHERE c.checkpoint_id IS NULL OR encode(r.root, 'hex') IS DISTINCT FROM p_root;

    -- Each of them is still the hash of the same transfer. Where an erasure made the chain anew,
    -- only a checkpoint after it can say so.
    RETURN QUERY
    SELECT
        CASE
            WHEN e.erased_at IS NULL THEN 'history is as it was'
            ELSE 'an erasure made the chain anew'
        END,
        format(
            'transfer %s of user %s asset %s', h.seq, h.user_id,
            wallet_private.asset_code(h.asset_id)
        ),
        encode(h.head, 'hex'),
        coalesce(encode(t.hash, 'hex'), 'no such transfer') || coalesce(to_char(
            e.erased_at AT TIME ZONE 'UTC', '" since "YYYY-MM-DD"T"HH24:MI:SS"Z"'
        ), '')
    FROM wallet_private.checkpoint_head AS h
    LEFT JOIN wallet_private.checkpoint AS c ON c.checkpoint_id = h.checkpoint_id
    LEFT JOIN wallet_private.transfer AS t
        ON t.user_id = h.user_id AND t.asset_id = h.asset_id AND t.seq = h.seq
    LEFT JOIN wallet_private.erased_chain AS e
        ON e.user_id = h.user_id AND e.asset_id = h.asset_id AND e.seq <= h.seq
        AND e.erased_at > c.created_at
    WHERE h.checkpoint_id <= p_checkpoint_id AND t.hash IS DISTINCT FROM h.head
        AND NOT (e.erased_at IS NOT NULL AND EXISTS (
            SELECT FROM wallet_private.checkpoint_head AS n
            INNER JOIN wallet_private.checkpoint AS o ON o.checkpoint_id = n.checkpoint_id
            WHERE n.user_id = h.user_id AND n.asset_id = h.asset_id
                AND n.checkpoint_id <= p_checkpoint_id AND o.created_at > e.erased_at
        ))
    ORDER BY h.user_id, h.asset_id, h.seq;
END
$$;

COMMENT ON FUNCTION wallet.verify_checkpoint(bigint, text) IS
'Compares the ledger with a checkpoint that was kept elsewhere. Every transfer that was the last of
its wallet then has to be there with the same hash. Run wallet.verify too: it shows that all other
transfers are in one chain with these. Where an erasure made the chain of an earlier release anew
("an erasure made the chain anew", with its time), a root from before it does not vouch for that
wallet: see whether you know of the erasure. A checkpoint after it vouches for the wallet again.
Returns: wallet.finding for each fault, and no row when all is well.
Locks: nothing.
Raises: WA101';
