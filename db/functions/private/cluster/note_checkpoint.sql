CREATE OR REPLACE FUNCTION wallet_private.note_checkpoint(p_checkpoint_ids bigint[])
RETURNS TABLE (checkpoint_id bigint, created_at timestamptz)
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- In partition 0: a checkpoint of the cluster.
    INSERT INTO wallet_private.cluster_checkpoint AS c (checkpoint_ids) VALUES (p_checkpoint_ids)
    RETURNING c.checkpoint_id, c.created_at
$$;
