CREATE OR REPLACE FUNCTION wallet_private.lock_and_find(
    p_request wallet_private.transfer, p_asset_ids integer[]
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Locks the wallets that a request will move, in their order, and opens those that are missing.
-- Then finds the transfer if the request is a replay. So a copy waits while the request is under
-- way, and is not refused for what changed meanwhile. If a request moves two wallets, what has
-- expired in them is booked here, in the same order.
DECLARE
    v_asset_id integer;
    v_special_ids integer[] := ARRAY[]::integer[];
    v_transfer wallet_private.transfer;
BEGIN
    IF cardinality(p_asset_ids) > 1 THEN
        p_asset_ids := ARRAY(
            SELECT u.asset_id FROM unnest(p_asset_ids) AS u (asset_id) ORDER BY u.asset_id
        );
    END IF;
    FOREACH v_asset_id IN ARRAY p_asset_ids LOOP
        IF NOT wallet_private.lock_or_open(p_request.user_id, v_asset_id) THEN
            v_special_ids := v_special_ids || v_asset_id;
        END IF;
    END LOOP;
    v_transfer := wallet_private.find_replay(p_request);
    IF v_transfer.transaction_id IS NULL AND cardinality(p_asset_ids) > 1
        AND cardinality(v_special_ids) > 0 THEN
        -- The supplies of both assets in their order, before an expiry locks one of them.
        FOR v_asset_id IN
            SELECT a.asset_id FROM wallet_private.asset AS a
            WHERE a.asset_id = ANY (p_asset_ids) AND a.supply IS NOT NULL
            ORDER BY a.asset_id
        LOOP
            PERFORM wallet_private.lock_supply(v_asset_id);
        END LOOP;
        FOREACH v_asset_id IN ARRAY v_special_ids LOOP
            PERFORM wallet_private.book_due(p_request.user_id, v_asset_id);
        END LOOP;
    END IF;
    RETURN v_transfer;
END
$$;
