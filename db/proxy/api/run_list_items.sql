CREATE OR REPLACE FUNCTION wallet_private.run_list_items() RETURNS SETOF wallet.item
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The stock is what those partitions have that answer.
DECLARE
    v_place integer;
    v_items wallet.item[] := '{}';
BEGIN
    FOREACH v_place IN ARRAY wallet_private.alive_places() LOOP
        v_items := v_items || ARRAY(SELECT i FROM wallet_private.list_items(v_place) AS i);
    END LOOP;
    RETURN QUERY
    SELECT DISTINCT ON (i.item_id)
        i.item_id, i.code, i.name, i.asset, i.price,
        (sum(i.stock) OVER (PARTITION BY i.item_id))::bigint, i.max_per_user, i.is_active,
        i.created_at
    FROM unnest(v_items) AS i
    ORDER BY i.item_id;
END
$$;
