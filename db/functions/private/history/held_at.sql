CREATE OR REPLACE FUNCTION wallet_private.held_at(
    p_user_id uuid, p_asset_id integer, p_at timestamptz
) RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Sums up, of each hold that was open then, its amount less what had been captured by then.
    SELECT coalesce(sum(h.amount - coalesce((
        SELECT sum(c.amount) FROM wallet_private.hold_capture AS c
        WHERE c.user_id = h.user_id AND c.hold_id = h.hold_id AND c.captured_at <= p_at
    ), 0)), 0)
    FROM wallet_private.hold AS h
    WHERE h.user_id = p_user_id AND h.asset_id = p_asset_id
        AND h.created_at <= p_at AND least(h.closed_at, h.expires_at) > p_at
$$;
