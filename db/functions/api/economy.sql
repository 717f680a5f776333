CREATE OR REPLACE FUNCTION wallet.economy(
    p_from_day date DEFAULT NULL, p_to_day date DEFAULT NULL, p_asset text DEFAULT NULL
) RETURNS SETOF wallet.economy_day
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_to_day date := coalesce(p_to_day, (statement_timestamp() AT TIME ZONE 'UTC')::date);
    v_from_day date := coalesce(p_from_day, v_to_day - 29);
    v_days wallet_private.daily[];
BEGIN
    IF p_asset IS NOT NULL THEN
        PERFORM wallet_private.find_asset(p_asset);
    END IF;
    PERFORM wallet_private.check_range('days', v_to_day - v_from_day + 1, 1, 366);

    v_days := (wallet_private.not_folded()).days;
    RETURN QUERY
    WITH kind AS (
        -- All that was before makes one day.
        SELECT
            d.asset_id, greatest(d.day, v_from_day - 1) AS day, d.kind,
            round(sum(d.issued), a.scale) AS issued, round(sum(d.removed), a.scale) AS removed,
            sum(d.transfers) AS transfers, sum(d.movers) AS movers, sum(d.new_users) AS new_users
        FROM (
            SELECT f.* FROM wallet_private.daily AS f
            UNION ALL
            SELECT u.* FROM unnest(v_days) AS u
        ) AS d
        INNER JOIN wallet_private.asset AS a ON d.asset_id = a.asset_id
        WHERE d.day <= v_to_day
        GROUP BY d.asset_id, a.scale, greatest(d.day, v_from_day - 1), d.kind
    ),

    whole AS (
        SELECT
            k.asset_id, k.day, sum(k.issued) AS issued, sum(k.removed) AS removed,
            jsonb_object_agg(k.kind, k.issued::text) FILTER (WHERE k.issued > 0) AS issued_by_kind,
            jsonb_object_agg(k.kind, k.removed::text)
                FILTER (WHERE k.removed > 0) AS removed_by_kind,
            sum(k.transfers) AS transfers, sum(k.movers) AS movers,
            sum(k.new_users) AS new_users
        FROM kind AS k
        GROUP BY k.asset_id, k.day
    )

    SELECT e.* FROM (
        SELECT
            a.code, v_from_day + g.number AS day, coalesce(w.issued, round(0.0, a.scale)),
            coalesce(w.removed, round(0.0, a.scale)),
            coalesce(
                sum(w.issued - w.removed) OVER (PARTITION BY a.asset_id ORDER BY g.number),
                round(0.0, a.scale)
            ),
            coalesce(w.issued_by_kind, '{}'), coalesce(w.removed_by_kind, '{}'),
            coalesce(w.transfers, 0)::bigint, coalesce(w.movers, 0)::bigint,
            coalesce(w.new_users, 0)::bigint
        FROM wallet_private.asset AS a
        CROSS JOIN generate_series(-1, v_to_day - v_from_day) AS g (number)
        LEFT JOIN whole AS w ON a.asset_id = w.asset_id AND w.day = v_from_day + g.number
        WHERE p_asset IS NULL OR a.code = p_asset
    ) AS e
    WHERE e.day >= v_from_day
    ORDER BY e.code, e.day;
END
$$;

COMMENT ON FUNCTION wallet.economy(date, date, text) IS
'What has happened in the economy from one day to another, both included (UTC), at most 366 days:
the last 30 by default. Closed days come from what wallet.fold_economy has counted, and what came
since from the ledger. A movement shows when every transaction that began before it has ended.
Returns: wallet.economy_day for each asset and day, also without movements: what was issued and
removed, in all and by kind, as text in the objects; what users held at the end of the day
(outstanding); how many transfers there were, holds among them; how many users moved something
(movers); and for how many it was the first time in this asset (new_users).
Locks: nothing. It asks the server that takes writes.
Raises: WA109 WA202 WA321';
