CREATE OR REPLACE FUNCTION wallet_private.rest_of_hold(p_hold wallet_private.hold)
RETURNS TABLE (limit_id bigint, period bigint, used numeric)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What limits get back when a hold ends with what it still holds. It has been used for nothing
    -- at all if each capture has been taken back.
    SELECT g.*
    FROM wallet_private.transfer AS t
    CROSS JOIN LATERAL wallet_private.given_back(
        t, p_hold.amount - p_hold.captured,
        wallet_private.slice_lots(p_hold.lots, p_hold.captured, p_hold.amount - p_hold.captured),
        p_hold.captured = wallet_private.captures_taken_back(p_hold)
    ) AS g
    WHERE t.user_id = p_hold.user_id AND t.transaction_id = p_hold.hold_id
$$;
