CREATE OR REPLACE FUNCTION wallet_private.count_days(p_transfers wallet_private.transfer[])
RETURNS SETOF wallet_private.daily
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Counts transfers by asset, day and kind. Whether one is the first of its day is told by the
    -- one before it in its wallet: so counts of some and of others add up.
    SELECT
        t.asset_id, d.day, t.kind, count(*), coalesce(sum(t.amount) FILTER (WHERE t.amount > 0), 0),
        coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0), 0),
        count(*) FILTER (
            WHERE p.created_at IS NULL OR (p.created_at AT TIME ZONE 'UTC')::date < d.day
        ),
        count(*) FILTER (WHERE t.seq = 1)
    FROM unnest(p_transfers) AS t
    CROSS JOIN LATERAL (VALUES ((t.created_at AT TIME ZONE 'UTC')::date)) AS d (day)
    LEFT JOIN wallet_private.transfer AS p
        ON t.user_id = p.user_id AND t.asset_id = p.asset_id AND p.seq = t.seq - 1
    GROUP BY t.asset_id, d.day, t.kind
$$;
