CREATE OR REPLACE FUNCTION wallet_private.past_lots(
    p_user_id uuid, p_asset_id integer, p_seq bigint
) RETURNS SETOF wallet_private.lot
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What a wallet without lots held after its first p_seq transfers, as lots: one that was paid
    -- for and a free one, as if debits had used what was free first. So what is paid falls to the
    -- balance when that is less: it is the least that it could fall to, and what came after that.
    -- Each is of the last transfer of its origin, and none expires.
    WITH step AS (
        SELECT
            t.seq, t.kind, t.amount, t.balance_after::numeric AS balance,
            sum(t.amount) FILTER (
                WHERE t.kind = 'TOPUP' OR t.kind = 'REVERSAL' AND o.kind = 'TOPUP'
            ) OVER (ORDER BY t.seq) AS topped_up
        FROM wallet_private.transfer AS t
        LEFT JOIN wallet_private.transfer AS o
            ON t.kind = 'REVERSAL' AND o.user_id = t.user_id AND o.asset_id = t.asset_id
                AND o.transaction_id = (t.details ->> 'transaction_id')::uuid
        WHERE t.user_id = p_user_id AND t.asset_id = p_asset_id AND t.seq <= p_seq
    ),

    last AS (
        SELECT s.balance, coalesce(s.topped_up, 0) AS topped_up FROM step AS s
        WHERE s.seq = p_seq
    ),

    part AS (
        SELECT
            max(l.balance) AS balance,
            greatest(least(
                max(l.topped_up), min(s.balance + l.topped_up - coalesce(s.topped_up, 0))
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
