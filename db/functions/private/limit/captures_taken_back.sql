CREATE OR REPLACE FUNCTION wallet_private.captures_taken_back(p_hold wallet_private.hold)
RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What has been reversed of the captures of a hold.
    SELECT coalesce(sum(r.amount), 0)
    FROM wallet_private.hold_capture AS c
    INNER JOIN wallet_private.reversal AS r
        ON r.user_id = c.user_id AND r.transaction_id = c.transaction_id
    WHERE c.user_id = p_hold.user_id AND c.hold_id = p_hold.hold_id
$$;
