CREATE OR REPLACE FUNCTION wallet_private.find_checkpoint(p_checkpoint_id bigint)
RETURNS bigint[]
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- In partition 0: the checkpoints of the partitions that one of the cluster is made of.
    SELECT c.checkpoint_ids FROM wallet_private.cluster_checkpoint AS c
    WHERE c.checkpoint_id = p_checkpoint_id
$$;
