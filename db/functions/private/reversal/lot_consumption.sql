CREATE OR REPLACE FUNCTION wallet_private.lot_consumption(p_original wallet_private.transfer)
RETURNS wallet.consumption
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What has become of the lot that a credit made. What others' refunds and reversals took from
    -- it counts as consumed: it paid for what had been bought with theirs.
    SELECT ROW(
        NULL, NULL, NULL, NULL,
        coalesce(sum(u.amount) FILTER (WHERE u.fate = 'consumed'), 0),
        coalesce(sum(u.amount) FILTER (WHERE u.fate = 'taken back'), 0),
        coalesce(sum(u.amount) FILTER (WHERE u.fate = 'expired'), 0) + l.due,
        l.remaining - l.due, NULL
    )::wallet.consumption
    FROM (
        SELECT
            o.remaining,
            CASE WHEN o.expires_at <= statement_timestamp() THEN o.remaining - o.held ELSE 0
            END AS due
        FROM wallet_private.lot AS o
        WHERE o.user_id = p_original.user_id AND o.asset_id = p_original.asset_id
            AND o.lot_id = p_original.seq
    ) AS l
    LEFT JOIN (
        SELECT
            -sign(t.amount) * s.amount AS amount,
            CASE
                WHEN 'EXPIRE' IN (t.kind, o.kind) THEN 'expired'
                WHEN o.transaction_id = p_original.transaction_id THEN 'taken back'
                ELSE 'consumed'
            END AS fate
        FROM wallet_private.transfer AS t
        CROSS JOIN LATERAL jsonb_to_recordset(t.details #> '{result,lots}') AS s (
            lot bigint, amount numeric
        )
        LEFT JOIN wallet_private.transfer AS o
            ON t.kind IN ('REVERSAL', 'REFUND') AND o.user_id = t.user_id
                AND o.asset_id = t.asset_id
                AND o.transaction_id = (t.details ->> 'transaction_id')::uuid
        WHERE t.user_id = p_original.user_id AND t.asset_id = p_original.asset_id
            AND t.seq > p_original.seq AND s.lot = p_original.seq
    ) AS u ON true
    GROUP BY l.remaining, l.due
$$;
