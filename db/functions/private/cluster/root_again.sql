CREATE OR REPLACE FUNCTION wallet_private.root_again(p_checkpoint_id bigint) RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- The root of a checkpoint of this partition, computed from the heads that are here now.
    SELECT encode(r.root, 'hex') FROM wallet_private.checkpoint_root(p_checkpoint_id) AS r
$$;
