CREATE OR REPLACE FUNCTION wallet_private.open_lots(
    p_user_id uuid, p_asset_id integer, p_order text, p_first bigint DEFAULT NULL
) RETURNS TABLE (lots wallet_private.lot[], expires_at timestamptz)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The lots of a wallet of which anything is left, in the order of use, and when the first of
    -- them expires of which not all is held.
    SELECT
        array_agg(l ORDER BY wallet_private.lot_rank(l, p_order, p_first)),
        min(l.expires_at) FILTER (WHERE l.remaining > l.held)
    FROM wallet_private.lot AS l
    WHERE l.user_id = p_user_id AND l.asset_id = p_asset_id AND l.is_open
$$;
