CREATE OR REPLACE FUNCTION wallet_private.run_checkpoint(p_actor text, p_reason text)
RETURNS wallet.checkpoint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- One in each partition, and a root over their roots.
DECLARE
    v_all record;
    v_checkpoint wallet.checkpoint;
BEGIN
    SELECT
        array_agg(c.checkpoint_id ORDER BY c.place) AS checkpoint_ids,
        array_agg(c.root ORDER BY c.place) AS roots, sum(c.wallets) AS wallets,
        sum(c.transfers) AS transfers
    INTO v_all
    FROM wallet_private.all_part_checkpoint(p_actor, p_reason) AS c;
    SELECT n.checkpoint_id, n.created_at INTO v_checkpoint.checkpoint_id, v_checkpoint.created_at
    FROM wallet_private.note_checkpoint(0, v_all.checkpoint_ids) AS n;
    v_checkpoint.wallets := v_all.wallets;
    v_checkpoint.transfers := v_all.transfers;
    v_checkpoint.root := wallet_private.root_of_roots(v_all.roots);
    RETURN v_checkpoint;
END
$$;
