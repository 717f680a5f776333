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

    -- Each of them is still the hash of the same transfer.
    RETURN QUERY
    SELECT
        'history is as it was',
        format(
            'transfer %s of user %s asset %s', h.seq, h.user_id,
            wallet_private.asset_code(h.asset_id)
        ),
        encode(h.head, 'hex'), coalesce(encode(t.hash, 'hex'), 'no such transfer')
    FROM wallet_private.checkpoint_head AS h
    LEFT JOIN wallet_private.transfer AS t
        ON t.user_id = h.user_id AND t.asset_id = h.asset_id AND t.seq = h.seq
    WHERE h.checkpoint_id <= p_checkpoint_id AND t.hash IS DISTINCT FROM h.head
    ORDER BY h.user_id, h.asset_id, h.seq;
END
$$;

COMMENT ON FUNCTION wallet.verify_checkpoint(bigint, text) IS
'Compares the ledger with a checkpoint that was kept elsewhere. Every transfer that was the last of
its wallet then has to be there with the same hash. Run wallet.verify too: it shows that all other
transfers are in one chain with these.
Returns: wallet.finding for each fault, and no row when all is well.
Locks: nothing.
Raises: WA101';
