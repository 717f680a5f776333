CREATE OR REPLACE FUNCTION wallet.checkpoint(
    p_actor text DEFAULT NULL, p_reason text DEFAULT NULL
) RETURNS wallet.checkpoint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_checkpoint wallet_private.checkpoint;
BEGIN
    -- Checkpoints are taken one after the other: each builds on the heads that the one before
    -- wrote.
    LOCK TABLE wallet_private.checkpoint IN SHARE ROW EXCLUSIVE MODE;
    -- The heads are written first, as the root is made of them.
    SET CONSTRAINTS wallet_private.checkpoint_head_checkpoint_id_fkey DEFERRED;
    v_checkpoint.checkpoint_id := nextval(
        pg_get_serial_sequence('wallet_private.checkpoint', 'checkpoint_id')
    );
    v_checkpoint.created_at := clock_timestamp();
    -- Only the heads of wallets that have moved since the last checkpoint are written, and of
    -- those whose chain an erasure made anew.
    INSERT INTO wallet_private.checkpoint_head (user_id, asset_id, checkpoint_id, seq, head)
    SELECT w.user_id, w.asset_id, v_checkpoint.checkpoint_id, w.seq, w.head
    FROM wallet_private.wallet AS w
    LEFT JOIN LATERAL (
        SELECT h.seq, h.head FROM wallet_private.checkpoint_head AS h
        WHERE h.user_id = w.user_id AND h.asset_id = w.asset_id
        ORDER BY h.checkpoint_id DESC
        LIMIT 1
    ) AS l ON true
    WHERE w.seq > coalesce(l.seq, 0)
        OR (w.head <> l.head AND EXISTS (
            SELECT FROM wallet_private.erased_chain AS e
            WHERE e.user_id = w.user_id AND e.asset_id = w.asset_id
        ));

    SELECT r.wallets, r.transfers, r.root
    INTO v_checkpoint.wallets, v_checkpoint.transfers, v_checkpoint.root
    FROM wallet_private.checkpoint_root(v_checkpoint.checkpoint_id) AS r;
    INSERT INTO wallet_private.checkpoint OVERRIDING SYSTEM VALUE VALUES (v_checkpoint.*);
    PERFORM wallet_private.record_action(
        'checkpoint', v_checkpoint.checkpoint_id::text,
        jsonb_build_object('root', encode(v_checkpoint.root, 'hex')), p_actor, p_reason
    );
    RETURN ROW(
        v_checkpoint.checkpoint_id, v_checkpoint.created_at, v_checkpoint.wallets,
        v_checkpoint.transfers, encode(v_checkpoint.root, 'hex')
    )::wallet.checkpoint;
END
$$;

COMMENT ON FUNCTION wallet.checkpoint(text, text) IS
'Writes down the heads of all chains as they are now, under one root. Keep what it returns in a
place where nobody who can write to this database can write. With it wallet.verify_checkpoint finds
history that was rewritten later, even if every hash was computed anew. p_reason says why, for the
record.
Returns: wallet.checkpoint; root is hexadecimal.
Locks: other checkpoints.
Raises: WA106';
