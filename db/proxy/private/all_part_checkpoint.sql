CREATE OR REPLACE FUNCTION wallet_private.all_part_checkpoint(p_actor text, p_reason text)
RETURNS TABLE (place integer, checkpoint_id bigint, wallets bigint, transfers numeric, root text)
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL;
    SELECT r.* FROM wallet_private.part_checkpoint(p_actor, p_reason) AS r;
$$;
