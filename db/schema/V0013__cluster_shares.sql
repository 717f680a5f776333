-- A budget of a campaign is parted as a cap and a stock are.
-- squawk-ignore ban-drop-constraint
ALTER TABLE wallet_private.share_move DROP CONSTRAINT share_move_kind_is_known_check;
-- It allows what the one before allowed, and budget: no row needs to be looked at.
ALTER TABLE wallet_private.share_move ADD CONSTRAINT share_move_kind_is_known_check
CHECK (kind IN ('supply', 'stock', 'budget')) NOT VALID;
COMMENT ON TABLE wallet_private.share_move
IS 'What was given to other partitions, or got from them. At first partition 0 has all of it.';

-- The part of a campaign's budget that this database has: all of it. A partition has another body
-- here.
CREATE FUNCTION wallet_private.own_budget(p_code text, p_budget numeric) RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT p_budget
$$;

-- In partition 0: a checkpoint of a cluster is one of each partition, in their order.
CREATE TABLE wallet_private.cluster_checkpoint (
    checkpoint_id bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    checkpoint_ids bigint[] NOT NULL,
    CONSTRAINT cluster_checkpoint_pkey PRIMARY KEY (checkpoint_id)
);
COMMENT ON COLUMN wallet_private.cluster_checkpoint.checkpoint_ids
IS 'The checkpoint_id of each partition.';

CREATE TRIGGER cluster_checkpoint_refuse_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_private.cluster_checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();
ALTER TABLE wallet_private.cluster_checkpoint
ENABLE ALWAYS TRIGGER cluster_checkpoint_refuse_change;
