CREATE OR REPLACE FUNCTION wallet_private.give_back_lots(
    p_reversal wallet_private.transfer, p_original wallet_private.transfer
) RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Gives back to the lots that a debit used, the last one first. A lot that has expired
    -- meanwhile lives for the grace that the caller gives, if any.
    SELECT coalesce(jsonb_agg(
        e.use || CASE WHEN l.expires_at <= p_reversal.created_at
            AND p_reversal.details ? 'grace'
            THEN jsonb_build_object(
                'expires_at',
                EXTRACT(EPOCH FROM p_reversal.created_at)
                    + (p_reversal.details ->> 'grace')::numeric
            )
            ELSE '{}'
        END
        ORDER BY e.place DESC
    ), '[]')
    FROM (
        SELECT coalesce(sum(t.amount), 0) AS amount
        FROM wallet_private.transfer AS t
        WHERE t.user_id = p_original.user_id
            AND t.asset_id = p_original.asset_id
            AND t.transaction_id IN (
                SELECT r.reversal_id FROM wallet_private.reversal AS r
                WHERE r.user_id = p_original.user_id
                    AND r.transaction_id = p_original.transaction_id
            )
            AND (p_reversal.seq IS NULL OR t.seq < p_reversal.seq)
    ) AS b
    CROSS JOIN LATERAL jsonb_array_elements(wallet_private.slice_lots(
        p_original.details #> '{result,lots}', -p_original.amount - b.amount - p_reversal.amount,
        p_reversal.amount
    )) WITH ORDINALITY AS e (use, place)
    INNER JOIN wallet_private.lot AS l
        ON l.user_id = p_original.user_id AND l.asset_id = p_original.asset_id
            AND l.lot_id = (e.use ->> 'lot')::bigint
$$;
