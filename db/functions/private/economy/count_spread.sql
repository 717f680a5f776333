CREATE OR REPLACE FUNCTION wallet_private.count_spread(p_transfers wallet_private.transfer[])
RETURNS SETOF wallet_private.spread
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Counts by asset, day and step: a transfer takes a wallet out of one step and into another.
    -- Zero is no step. So counts of some and of others add up.
    SELECT c.asset_id, c.day, c.step, sum(c.sign)::bigint, sum(c.sign * c.balance)
    FROM (
        SELECT
            t.asset_id, (t.created_at AT TIME ZONE 'UTC')::date AS day, b.sign, b.balance,
            wallet_private.balance_step(b.balance) AS step
        FROM unnest(p_transfers) AS t
        CROSS JOIN LATERAL (
            VALUES (1, t.balance_after::numeric), (-1, t.balance_after - t.amount)
        ) AS b (sign, balance)
        WHERE t.amount <> 0 AND b.balance > 0
    ) AS c
    GROUP BY c.asset_id, c.day, c.step
    HAVING sum(c.sign) <> 0 OR sum(c.sign * c.balance) <> 0
$$;
