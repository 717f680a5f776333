CREATE OR REPLACE FUNCTION wallet_private.find_legs(p_transfer wallet_private.transfer)
RETURNS wallet_private.transfer[]
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Finds the legs of a transfer's transaction. It is VOLATILE because a caller may wait for a
    -- lock within the same expression: it has to see what was committed meanwhile.
    SELECT array_agg(t ORDER BY t.leg)
    FROM wallet_private.transfer AS t
    WHERE t.user_id = p_transfer.user_id AND t.transaction_id = p_transfer.transaction_id
$$;
