CREATE OR REPLACE FUNCTION wallet_private.verify_assets(p_since bigint)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- What users hold of an asset is what the ledger issued. Together with what a cap still allows it
-- makes the cap. Since a checkpoint the ledger is not added up: what users hold was followed from
-- the heads of then on.
BEGIN
    RETURN QUERY
    SELECT c.name, 'asset ' || a.code, c.expected::text, c.found::text
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
                HAVING p_since IS NULL
            ) AS issued,
            (
                SELECT sum(s.available) FROM wallet_private.supply AS s
                WHERE s.asset_id = a.asset_id
            ) AS available
    ) AS b
    CROSS JOIN LATERAL (VALUES
        ('books are at zero', coalesce(b.issued, b.held_by_users), b.held_by_users),
        (
            'supply is kept', wallet_private.own_supply(a.code, a.supply),
            b.held_by_users + b.available
        )
    ) AS c (name, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY a.code, c.name;
END
$$;
