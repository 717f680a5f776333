CREATE OR REPLACE FUNCTION wallet_private.part_checkpoint(p_actor text, p_reason text)
RETURNS TABLE (place integer, checkpoint_id bigint, wallets bigint, transfers numeric, root text)
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    SELECT p.number, c.checkpoint_id, c.wallets, c.transfers, c.root
    FROM wallet_private.partition AS p
    CROSS JOIN wallet.checkpoint(p_actor, p_reason) AS c
$$;
