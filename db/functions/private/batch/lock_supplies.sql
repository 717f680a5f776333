CREATE OR REPLACE FUNCTION wallet_private.lock_supplies(p_items wallet_private.batch_item[])
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Locks the supply of all capped assets of a batch. Requests that go one by one would each lock a
-- stripe of their own, in any order.
DECLARE
    v_asset_id integer;
BEGIN
    FOR v_asset_id IN
        SELECT DISTINCT a.asset_id
        FROM unnest(p_items) AS i
        INNER JOIN wallet_private.asset AS a ON a.asset_id = (i.transfer).asset_id
        WHERE a.supply IS NOT NULL
        ORDER BY a.asset_id
    LOOP
        PERFORM wallet_private.lock_supply(v_asset_id);
    END LOOP;
END
$$;
