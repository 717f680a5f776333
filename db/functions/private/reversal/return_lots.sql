CREATE OR REPLACE FUNCTION wallet_private.return_lots(
    p_refund wallet_private.transfer, p_original wallet_private.transfer
) RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Gives an undone refund back to the lots that the refunds of the same transaction took it
    -- from: free lots first, then paid ones, and the transaction's own lot last.
    SELECT coalesce(wallet_private.slice_lots(
        jsonb_agg(
            jsonb_build_object('lot', u.lot, 'amount', u.amount)
            ORDER BY u.lot = p_original.seq, l.origin, u.lot DESC
        ),
        0, p_refund.amount
    ), '[]')
    FROM (
        SELECT u.lot, -sum(sign(t.amount) * u.amount) AS amount
        FROM wallet_private.transfer AS t
        CROSS JOIN LATERAL jsonb_to_recordset(t.details #> '{result,lots}') AS u (
            lot bigint, amount numeric
        )
        WHERE t.user_id = p_original.user_id AND t.asset_id = p_original.asset_id
            AND t.transaction_id IN (
                SELECT r.refund_id FROM wallet_private.refund AS r
                WHERE r.user_id = p_original.user_id
                    AND r.transaction_id = p_original.transaction_id
            )
            AND (p_refund.seq IS NULL OR t.seq < p_refund.seq)
        GROUP BY u.lot
    ) AS u
    INNER JOIN wallet_private.lot AS l
        ON l.user_id = p_original.user_id AND l.asset_id = p_original.asset_id AND l.lot_id = u.lot
    WHERE u.amount > 0
$$;
