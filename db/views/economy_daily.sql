CREATE OR REPLACE VIEW wallet.economy_daily AS
SELECT
    a.code COLLATE "default" AS asset,
    d.day,
    d.issued,
    d.removed,
    d.issued_by_kind,
    d.removed_by_kind,
    sum(d.issued - d.removed) OVER (PARTITION BY d.asset_id ORDER BY d.day) AS outstanding
FROM (
    SELECT
        k.asset_id,
        k.day,
        sum(k.issued) AS issued,
        sum(k.removed) AS removed,
        coalesce(
            jsonb_object_agg(k.kind, k.issued) FILTER (WHERE k.issued > 0), '{}'
        ) AS issued_by_kind,
        coalesce(
            jsonb_object_agg(k.kind, k.removed) FILTER (WHERE k.removed > 0), '{}'
        ) AS removed_by_kind
    FROM (
        SELECT
            t.asset_id,
            (t.created_at AT TIME ZONE 'UTC')::date AS day,
            t.kind,
            coalesce(sum(t.amount) FILTER (WHERE t.amount > 0), 0) AS issued,
            coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0), 0) AS removed
        FROM wallet_private.transfer AS t
        WHERE t.amount <> 0
        GROUP BY t.asset_id, (t.created_at AT TIME ZONE 'UTC')::date, t.kind
    ) AS k
    GROUP BY k.asset_id, k.day
) AS d
INNER JOIN wallet_private.asset AS a ON d.asset_id = a.asset_id;

ALTER VIEW wallet.economy_daily OWNER TO wallet_owner;
COMMENT ON VIEW wallet.economy_daily IS
'Shows faucets and sinks: what was issued and removed of each asset on each day (UTC), in all and by
kind, and what users held at the end of the day. It reads the whole ledger.
Returns: a row for each asset and day with movements.
Locks: nothing.
Raises: nothing.';
