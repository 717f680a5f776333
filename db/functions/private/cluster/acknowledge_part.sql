CREATE OR REPLACE FUNCTION wallet_private.acknowledge_part(p_subscription text, p_cursors text[])
RETURNS boolean
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    SELECT wallet.acknowledge_events(p_subscription, p_cursors[1]) IS NOT NULL
$$;
