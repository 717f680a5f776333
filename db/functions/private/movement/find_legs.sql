CREATE OR REPLACE FUNCTION wallet_private.find_legs(p_transfer wallet_private.transfer)
RETURNS wallet_private.transfer[]
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Volatile, to see what a lock was waited for within the same expression.
    SELECT array_agg(t ORDER BY t.leg)
    FROM wallet_private.transfer AS t
    WHERE t.user_id = p_transfer.user_id AND t.transaction_id = p_transfer.transaction_id
$$;
