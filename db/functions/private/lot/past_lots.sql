CREATE OR REPLACE FUNCTION wallet_private.past_lots(
    p_user_id uuid, p_asset_id integer, p_seq bigint
) RETURNS SETOF wallet_private.lot
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Shows what a wallet without lots held after its first p_seq transfers as two lots: a paid one
    -- and a free one. Each transfer counts without what was taken back of it. Debits count as
    -- having used the free part first. So the paid part is never more than the balance at any time
    -- plus the later top-ups. Each lot belongs to the last credit of its origin. Neither expires.
    WITH step AS (
        SELECT
            t.seq, t.kind, t.amount,
            sum(n.amount) OVER earlier AS balance,
            coalesce(sum(n.amount) FILTER (WHERE t.kind = 'TOPUP') OVER earlier, 0) AS topped_up
        FROM wallet_private.transfer AS t
        LEFT JOIN (
            SELECT
                (o.details ->> 'transaction_id')::uuid AS transaction_id, sum(o.amount) AS amount
            FROM wallet_private.transfer AS o
            WHERE o.user_id = p_user_id AND o.asset_id = p_asset_id AND o.seq <= p_seq
                AND o.kind IN ('REVERSAL', 'REFUND')
            GROUP BY o.details ->> 'transaction_id'
        ) AS r ON t.transaction_id = r.transaction_id
        CROSS JOIN LATERAL (SELECT t.amount + coalesce(r.amount, 0) AS amount) AS n
        WHERE t.user_id = p_user_id AND t.asset_id = p_asset_id AND t.seq <= p_seq
            AND t.kind NOT IN ('REVERSAL', 'REFUND')
        WINDOW earlier AS (ORDER BY t.seq)
    ),

    last AS (
        SELECT s.balance, s.topped_up FROM step AS s
        ORDER BY s.seq DESC
        LIMIT 1
    ),

    part AS (
        SELECT
            max(l.balance) AS balance,
            greatest(least(
                max(l.topped_up), min(s.balance + l.topped_up - s.topped_up)
            ), 0) AS paid,
            max(s.seq) FILTER (WHERE s.kind = 'TOPUP') AS paid_id,
            max(s.seq) FILTER (WHERE s.kind <> 'TOPUP' AND s.amount > 0) AS free_id
        FROM step AS s CROSS JOIN last AS l
    )

    SELECT
        p_user_id, p_asset_id, v.lot_id, v.origin, v.amount, v.amount, 0::numeric,
        NULL::timestamptz, true
    FROM part AS p
    CROSS JOIN LATERAL (VALUES
        (p.paid_id, 'paid', p.paid),
        (p.free_id, 'free', p.balance - p.paid)
    ) AS v (lot_id, origin, amount)
    WHERE v.amount > 0
$$;
