CREATE OR REPLACE FUNCTION wallet_private.part_subscriptions()
RETURNS TABLE (place integer, subscription wallet.subscription)
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.number, s
    FROM wallet_private.partition AS p
    CROSS JOIN wallet.list_subscriptions() AS s
$$;
