CREATE OR REPLACE FUNCTION wallet_private.verify_refunds(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each notice of a refund of these users has its transfer, and each such transfer its notice. They
-- came in the order of their moments, and each moved what the totals make it move. Together with
-- reversals they take back no more than there was.
BEGIN
    RETURN QUERY
    SELECT
        c.name, format('transaction %s of user %s', c.transaction_id, c.user_id), c.expected,
        c.found
    FROM (
        SELECT
            'refund is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.refund_id, t.transaction_id),
            format(
                '%s of %s as of %s, %s taken', trim_scale((t.details ->> 'refunded')::numeric),
                t.details ->> 'transaction_id', (t.details ->> 'signed_at')::numeric,
                trim_scale((t.details #>> '{result,taken}')::numeric)
            ),
            format(
                '%s of %s as of %s, %s taken', trim_scale(p.refunded), p.transaction_id,
                EXTRACT(EPOCH FROM p.signed_at), trim_scale(p.taken)
            )
        FROM (
            SELECT * FROM wallet_private.refund AS o WHERE o.user_id BETWEEN p_from AND p_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN p_from AND p_to AND o.kind = 'REFUND' AND o.leg = 1
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.refund_id
        UNION ALL
        SELECT s.name, n.user_id, n.refund_id, s.expected, s.found
        FROM (
            SELECT
                r.user_id, r.refund_id, r.refunded, r.taken, m.moved, m.owed, m.shortfall, m.seq,
                coalesce(lag(r.refunded) OVER notices, 0) AS refunded_before,
                coalesce(lag(r.taken) OVER notices, 0) AS taken_before,
                coalesce(lag(m.seq) OVER notices, 0) AS seq_before
            FROM wallet_private.refund AS r
            CROSS JOIN LATERAL (
                SELECT
                    -sum(t.amount) AS moved, min(t.seq) AS seq,
                    sum((t.details #>> '{result,owed}')::numeric) AS owed,
                    sum((t.details #>> '{result,shortfall}')::numeric) AS shortfall
                FROM wallet_private.transfer AS t
                WHERE t.user_id = r.user_id AND t.transaction_id = r.refund_id
            ) AS m
            WHERE r.user_id BETWEEN p_from AND p_to
            WINDOW notices AS (PARTITION BY r.user_id, r.transaction_id ORDER BY r.signed_at)
        ) AS n
        CROSS JOIN LATERAL (VALUES
            ('a refund takes what it says', trim_scale(n.taken - n.taken_before)::text,
                trim_scale(n.moved + n.owed)::text),
            ('a lower total gives back', CASE WHEN n.refunded <= n.refunded_before
                THEN trim_scale(least(n.taken_before, n.refunded))::text
            END, CASE WHEN n.refunded <= n.refunded_before THEN trim_scale(n.taken)::text END),
            ('a higher total takes no more than the difference', 'true',
                (
                    n.refunded <= n.refunded_before
                    OR n.taken - n.taken_before + n.shortfall BETWEEN 0
                        AND n.refunded - n.refunded_before
                )::text),
            ('notices came in their order', 'true', (n.seq > n.seq_before)::text)
        ) AS s (name, expected, found)
        UNION ALL
        SELECT
            'no more is refunded than there was', f.user_id, f.transaction_id,
            'at most ' || trim_scale(t.amount), trim_scale(f.taken + f.reversed)::text
        FROM (
            SELECT
                r.user_id, r.transaction_id,
                (array_agg(r.taken ORDER BY r.signed_at DESC))[1] AS taken,
                coalesce((
                    SELECT sum(v.amount) FROM wallet_private.reversal AS v
                    WHERE v.user_id = r.user_id AND v.transaction_id = r.transaction_id
                ), 0) AS reversed
            FROM wallet_private.refund AS r
            WHERE r.user_id BETWEEN p_from AND p_to
            GROUP BY r.user_id, r.transaction_id
        ) AS f
        LEFT JOIN wallet_private.transfer AS t
            ON t.user_id = f.user_id AND t.transaction_id = f.transaction_id AND t.leg = 1
                AND t.kind IN ('TOPUP', 'BONUS')
        WHERE (f.taken + f.reversed <= t.amount) IS NOT TRUE
    ) AS c (name, user_id, transaction_id, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY c.user_id, c.transaction_id, c.name;
END
$$;
