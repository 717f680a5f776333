CREATE OR REPLACE FUNCTION wallet_private.fifo_consumption(p_original wallet_private.transfer)
RETURNS wallet.consumption
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What has become of a credit that made no lot, as if the oldest credits had been used first:
    -- what is left of it is what the balance has beyond all later credits. Each credit counts
    -- without what was taken back of it.
    SELECT ROW(
        NULL, NULL, NULL, NULL, p_original.amount - b.taken_back - c.remaining, b.taken_back,
        0, c.remaining, NULL
    )::wallet.consumption
    FROM (
        SELECT
            coalesce(greatest(-sum(n.taken) FILTER (WHERE n.is_own), 0), 0) AS taken_back,
            coalesce(sum(n.amount + n.taken) FILTER (WHERE NOT n.is_own), 0) AS later
        FROM (
            SELECT
                t.seq = p_original.seq AS is_own, t.amount, coalesce(r.amount, 0) AS taken
            FROM wallet_private.transfer AS t
            LEFT JOIN (
                SELECT
                    (o.details ->> 'transaction_id')::uuid AS transaction_id,
                    sum(o.amount) AS amount
                FROM wallet_private.transfer AS o
                WHERE o.user_id = p_original.user_id AND o.asset_id = p_original.asset_id
                    AND o.seq > p_original.seq AND o.kind IN ('REVERSAL', 'REFUND')
                GROUP BY o.details ->> 'transaction_id'
            ) AS r ON t.transaction_id = r.transaction_id
            WHERE t.user_id = p_original.user_id AND t.asset_id = p_original.asset_id
                AND t.seq >= p_original.seq AND t.amount > 0
                AND t.kind NOT IN ('REVERSAL', 'REFUND')
        ) AS n
    ) AS b
    CROSS JOIN LATERAL (
        SELECT least(
            p_original.amount - b.taken_back, greatest(w.balance - b.later, 0)
        ) AS remaining
        FROM wallet_private.wallet AS w
        WHERE w.user_id = p_original.user_id AND w.asset_id = p_original.asset_id
    ) AS c
$$;
