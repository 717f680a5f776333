CREATE OR REPLACE FUNCTION wallet_private.verify_books() RETURNS SETOF wallet.finding
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Both sides of the books together: what users hold is what the ledger issued, and with what a
    -- cap still allows it makes the cap. Campaigns have given what the ledger says.
    SELECT f.*
    FROM wallet_private.asset AS a
    CROSS JOIN LATERAL (
        SELECT
            (
                SELECT coalesce(sum(w.balance), 0) FROM wallet_private.wallet AS w
                WHERE w.asset_id = a.asset_id
            ) AS held_by_users,
            (
                SELECT coalesce(sum(t.amount), 0) FROM wallet_private.transfer AS t
                WHERE t.asset_id = a.asset_id
            ) AS issued,
            (
                SELECT sum(s.available) FROM wallet_private.supply AS s
                WHERE s.asset_id = a.asset_id
            ) AS available
    ) AS b
    CROSS JOIN LATERAL (VALUES
        ('books are at zero', b.issued, b.held_by_users),
        ('supply is kept', a.supply, b.held_by_users + b.available)
    ) AS c (name, expected, found)
    CROSS JOIN LATERAL (
        SELECT ROW(
            c.name, 'asset ' || a.code, c.expected::text, c.found::text
        )::wallet.finding AS finding
    ) AS r
    CROSS JOIN LATERAL (SELECT (r.finding).*) AS f
    WHERE c.expected IS DISTINCT FROM c.found
    UNION ALL
    SELECT f.*
    FROM wallet_private.campaign AS c
    INNER JOIN (
        SELECT
            b.campaign_id, sum(b.granted) AS granted, sum(b.users) AS users,
            sum(b.available) AS available
        FROM wallet_private.budget AS b
        GROUP BY b.campaign_id
    ) AS b ON c.campaign_id = b.campaign_id
    LEFT JOIN (
        SELECT t.idempotency_key, t.asset_id, sum(t.amount) AS amount, count(*) AS users
        FROM wallet_private.transfer AS t
        WHERE t.kind = 'BONUS' AND t.idempotency_key LIKE 'campaign:%'
            AND EXISTS (SELECT FROM wallet_private.campaign)
        GROUP BY t.idempotency_key, t.asset_id
    ) AS g
        ON g.idempotency_key = wallet_private.campaign_key(c.code) AND g.asset_id = c.asset_id
    CROSS JOIN LATERAL (VALUES
        ('campaign gave what it counts', coalesce(g.amount, 0), b.granted),
        ('campaign paid whom it counts', coalesce(g.users, 0), b.users),
        ('budget is kept', c.budget, b.granted + b.available)
    ) AS k (name, expected, found)
    CROSS JOIN LATERAL (
        SELECT ROW(
            k.name, 'campaign ' || c.code, k.expected::text, k.found::text
        )::wallet.finding AS finding
    ) AS r
    CROSS JOIN LATERAL (SELECT (r.finding).*) AS f
    WHERE k.expected IS DISTINCT FROM k.found
    ORDER BY 2, 1
$$;
