CREATE OR REPLACE FUNCTION wallet_private.uses_of_limits(p_from uuid, p_to uuid)
RETURNS TABLE (
    user_id uuid, limit_id bigint, period bigint, at timestamptz, used numeric,
    transaction_id uuid, used_after numeric
)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- All that these users used of limits and got back, as the ledger tells it. used_after is what
    -- the movement itself says was used then; NULL for what was given back.
    WITH back AS (
        -- Reversals: of a capture the hold was counted.
        SELECT
            c AS counted, abs(t.amount) AS amount, t.details #> '{result,lots}' AS lots,
            t.created_at AS at
        FROM wallet_private.transfer AS t
        INNER JOIN wallet_private.transfer AS o
            ON o.user_id = t.user_id AND o.asset_id = t.asset_id
                AND o.transaction_id = (t.details ->> 'transaction_id')::uuid
        INNER JOIN wallet_private.transfer AS c
            ON c.user_id = o.user_id AND c.asset_id = o.asset_id AND c.transaction_id = CASE o.kind
                WHEN 'CAPTURE' THEN (o.details ->> 'hold_id')::uuid ELSE o.transaction_id
            END
        WHERE t.user_id BETWEEN p_from AND p_to AND t.kind = 'REVERSAL'
            AND c.details -> 'result' ? 'limits'
        UNION ALL
        -- Holds that ended with something left.
        SELECT
            c, h.amount - h.captured,
            wallet_private.slice_lots(h.lots, h.captured, h.amount - h.captured), h.closed_at
        FROM wallet_private.hold AS h
        INNER JOIN wallet_private.transfer AS c
            ON c.user_id = h.user_id AND c.transaction_id = h.hold_id
        WHERE h.user_id BETWEEN p_from AND p_to AND h.status IN ('released', 'expired')
            AND c.details -> 'result' ? 'limits'
    )

    SELECT
        t.user_id, e."limit", e.period, t.created_at, e.use, t.transaction_id, e.used
    FROM wallet_private.transfer AS t
    CROSS JOIN LATERAL jsonb_to_recordset(t.details #> '{result,limits}') AS e (
        "limit" bigint, period bigint, use numeric, used numeric
    )
    WHERE t.user_id BETWEEN p_from AND p_to AND t.details -> 'result' ? 'limits'
        AND e.period IS NOT NULL
    UNION ALL
    SELECT (b.counted).user_id, g.limit_id, g.period, b.at, -g.used, NULL, NULL
    FROM (
        SELECT
            k.counted, k.amount, k.lots, k.at,
            sum(k.amount) OVER (
                PARTITION BY (k.counted).user_id, (k.counted).asset_id, (k.counted).seq
                ORDER BY k.at
            ) = CASE (k.counted).kind
                WHEN 'HOLD' THEN ((k.counted).details ->> 'amount')::numeric
                ELSE abs((k.counted).amount)
            END AS is_all
        FROM back AS k
    ) AS b
    CROSS JOIN LATERAL wallet_private.given_back(b.counted, b.amount, b.lots, b.is_all) AS g
$$;
