CREATE OR REPLACE FUNCTION wallet_private.heads_at(
    p_checkpoint_id bigint, p_from uuid, p_to uuid
) RETURNS SETOF wallet_private.checkpoint_head
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The heads of these users' wallets as they were at a checkpoint.
    SELECT DISTINCT ON (h.user_id, h.asset_id) h.*
    FROM wallet_private.checkpoint_head AS h
    WHERE h.checkpoint_id <= p_checkpoint_id AND h.user_id BETWEEN p_from AND p_to
    ORDER BY h.user_id, h.asset_id, h.checkpoint_id DESC
$$;
