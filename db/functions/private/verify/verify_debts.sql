CREATE OR REPLACE FUNCTION wallet_private.verify_debts(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- What these users owe is what their transfers made of it, step by step. Whatever became available
-- repaid it: so nobody who owed something spent, and nobody who owes has anything available.
BEGIN
    RETURN QUERY
    SELECT
        c.name,
        format(
            '%s of user %s asset %s', c.subject, c.user_id, wallet_private.asset_code(c.asset_id)
        ),
        c.expected, c.found
    FROM (
        SELECT
            s.name, format('transfer %s', t.seq), t.user_id, t.asset_id, s.expected, s.found
        FROM (
            SELECT
                l.*, (l.details #>> '{result,debt}')::numeric AS said,
                (l.details #>> '{result,owed}')::numeric AS owed,
                sum((l.details #>> '{result,owed}')::numeric) OVER (
                    PARTITION BY l.user_id, l.asset_id ORDER BY l.seq
                ) AS debt
            FROM wallet_private.transfer AS l
            WHERE l.user_id BETWEEN p_from AND p_to AND EXISTS (
                SELECT FROM wallet_private.refund AS r WHERE r.user_id = l.user_id
            )
        ) AS t
        CROSS JOIN LATERAL (VALUES
            ('a debt is what the one before left', CASE WHEN t.owed IS NOT NULL
                THEN trim_scale(t.debt)::text END, trim_scale(t.said)::text),
            ('a debt is never negative', 'true', (coalesce(t.debt, 0) >= 0)::text),
            ('what is repaid is owed no more', CASE t.kind WHEN 'REPAY'
                THEN trim_scale(t.amount)::text END,
                CASE t.kind WHEN 'REPAY' THEN trim_scale(t.owed)::text END),
            ('who owes does not spend', 'false', ((
                t.kind IN ('SPEND', 'CONVERT', 'PURCHASE', 'HOLD') AND t.amount <= 0 AND t.debt > 0
            ) IS TRUE)::text)
        ) AS s (name, expected, found)
        WHERE s.expected IS DISTINCT FROM s.found
        UNION ALL
        SELECT s.name, 'debt', b.user_id, b.asset_id, s.expected, s.found
        FROM (
            SELECT
                coalesce(d.user_id, t.user_id) AS user_id,
                coalesce(d.asset_id, t.asset_id) AS asset_id,
                d.amount AS debt, t.owed, w.balance - w.held AS available
            FROM (
                SELECT * FROM wallet_private.debt AS o WHERE o.user_id BETWEEN p_from AND p_to
            ) AS d
            FULL JOIN (
                SELECT
                    l.user_id, l.asset_id, sum((l.details #>> '{result,owed}')::numeric) AS owed
                FROM wallet_private.transfer AS l
                WHERE l.user_id BETWEEN p_from AND p_to
                    AND l.kind IN ('REFUND', 'REPAY', 'FORGIVE')
                GROUP BY l.user_id, l.asset_id
            ) AS t ON t.user_id = d.user_id AND t.asset_id = d.asset_id
            LEFT JOIN wallet_private.wallet AS w
                ON w.user_id = coalesce(d.user_id, t.user_id)
                    AND w.asset_id = coalesce(d.asset_id, t.asset_id)
        ) AS b
        CROSS JOIN LATERAL (VALUES
            ('debt is what the ledger says', trim_scale(coalesce(b.owed, 0))::text,
                trim_scale(coalesce(b.debt, 0))::text),
            ('who owes has nothing available', 'true',
                (b.debt IS NULL OR b.available = 0)::text)
        ) AS s (name, expected, found)
        WHERE s.expected IS DISTINCT FROM s.found
    ) AS c (name, subject, user_id, asset_id, expected, found)
    ORDER BY c.user_id, c.asset_id, c.subject, c.name;
END
$$;
