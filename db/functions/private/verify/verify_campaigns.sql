CREATE OR REPLACE FUNCTION wallet_private.verify_campaigns(p_since bigint)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each campaign has given what the ledger says, and its budget is what it has given and what it may
-- still give. Since a checkpoint only the budget is looked at, as the ledger is not added up.
BEGIN
    RETURN QUERY
    SELECT k.name, 'campaign ' || c.code, k.expected::text, k.found::text
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
        WHERE p_since IS NULL AND t.kind = 'BONUS' AND t.idempotency_key LIKE 'campaign:%'
        GROUP BY t.idempotency_key, t.asset_id
    ) AS g
        ON g.idempotency_key = wallet_private.campaign_key(c.code) AND g.asset_id = c.asset_id
    CROSS JOIN LATERAL (VALUES
        (
            'campaign gave what it counts',
            CASE WHEN p_since IS NULL THEN coalesce(g.amount, 0) ELSE b.granted END, b.granted
        ),
        (
            'campaign paid whom it counts',
            CASE WHEN p_since IS NULL THEN coalesce(g.users, 0) ELSE b.users END, b.users
        ),
        (
            'budget is kept', wallet_private.own_budget(c.code, c.budget),
            b.granted + b.available
        )
    ) AS k (name, expected, found)
    WHERE k.expected IS DISTINCT FROM k.found
    ORDER BY c.code, k.name;
END
$$;
