CREATE OR REPLACE FUNCTION wallet_private.amount_of_origin(
    p_transfer wallet_private.transfer, p_lots jsonb, p_origin text
) RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- How much of a list of used lots is paid, or free. The lots are those of a transfer's wallet.
    SELECT coalesce(sum(u.amount), 0)
    FROM jsonb_to_recordset(p_lots) AS u (lot bigint, amount numeric)
    INNER JOIN wallet_private.lot AS l
        ON l.user_id = p_transfer.user_id AND l.asset_id = p_transfer.asset_id AND l.lot_id = u.lot
    WHERE l.origin = p_origin
$$;
