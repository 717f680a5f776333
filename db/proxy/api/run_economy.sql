CREATE OR REPLACE FUNCTION wallet_private.run_economy(
    p_from_day date, p_to_day date, p_asset text
) RETURNS SETOF wallet.economy_day
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A user's wallets are all in one partition, so everything adds up, also how many users there were.
BEGIN
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT e.* FROM wallet_private.economy(p_from_day, p_to_day, p_asset) AS e
    ),

    kind AS (
        SELECT s.asset, s.day, s.is_issued, s.kind, sum(s.amount::numeric)::text AS amount
        FROM (
            SELECT p.asset, p.day, true AS is_issued, k.key AS kind, k.value AS amount
            FROM part AS p CROSS JOIN LATERAL jsonb_each_text(p.issued_by_kind) AS k
            UNION ALL
            SELECT p.asset, p.day, false, k.key, k.value
            FROM part AS p CROSS JOIN LATERAL jsonb_each_text(p.removed_by_kind) AS k
        ) AS s
        GROUP BY s.asset, s.day, s.is_issued, s.kind
    ),

    whole AS (
        SELECT
            k.asset, k.day, jsonb_object_agg(k.kind, k.amount) FILTER (WHERE k.is_issued) AS issued,
            jsonb_object_agg(k.kind, k.amount) FILTER (WHERE NOT k.is_issued) AS removed
        FROM kind AS k
        GROUP BY k.asset, k.day
    )

    SELECT
        p.asset, p.day, sum(p.issued), sum(p.removed), sum(p.outstanding),
        coalesce(w.issued, '{}'), coalesce(w.removed, '{}'), sum(p.transfers)::bigint,
        sum(p.movers)::bigint, sum(p.new_users)::bigint
    FROM part AS p
    LEFT JOIN whole AS w ON p.asset = w.asset AND p.day = w.day
    GROUP BY p.asset, p.day, w.issued, w.removed
    ORDER BY p.asset, p.day;
END
$$;
