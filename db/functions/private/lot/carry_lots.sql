CREATE OR REPLACE FUNCTION wallet_private.carry_lots(
    p_from wallet_private.transfer, p_to wallet_private.transfer
) RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The details of a conversion's second leg, with the lot that it makes. The lot is paid if any
    -- part was paid for. A free lot expires when the first of the lots used would have. An asset
    -- without lots does not know its origin: it counts as paid if top-ups could credit it.
    SELECT CASE
        WHEN t.lot_order IS NULL THEN p_to.details
        WHEN f.lot_order IS NOT NULL THEN (
            SELECT wallet_private.with_result(p_to.details, 'lot', CASE
                WHEN bool_or(l.origin = 'paid') THEN '{"origin": "paid"}'
                ELSE jsonb_strip_nulls(jsonb_build_object(
                    'origin', 'free', 'expires_at', EXTRACT(EPOCH FROM min(l.expires_at))
                ))
            END)
            FROM jsonb_to_recordset(p_from.details #> '{result,lots}') AS u (lot bigint)
            INNER JOIN wallet_private.lot AS l
                ON l.user_id = p_from.user_id AND l.asset_id = p_from.asset_id AND l.lot_id = u.lot
        )
        WHEN f.is_purchasable
            THEN wallet_private.with_result(p_to.details, 'lot', '{"origin": "paid"}'::jsonb)
        ELSE p_to.details
    END
    FROM wallet_private.asset AS f
    INNER JOIN wallet_private.asset AS t ON t.asset_id = p_to.asset_id
    WHERE f.asset_id = p_from.asset_id
$$;
