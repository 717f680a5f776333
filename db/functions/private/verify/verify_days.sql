CREATE OR REPLACE FUNCTION wallet_private.verify_days() RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- The days that were counted are what the ledger says, up to where it was folded.
BEGIN
    RETURN QUERY
    SELECT
        'a day is what its transfers make',
        format(
            '%s of asset %s on %s', coalesce(d.kind, l.kind),
            wallet_private.asset_code(coalesce(d.asset_id, l.asset_id)), coalesce(d.day, l.day)
        ),
        format(
            '%s transfers, %s issued, %s removed, %s movers, %s new users', l.transfers,
            trim_scale(l.issued), trim_scale(l.removed), l.movers, l.new_users
        ),
        format(
            '%s transfers, %s issued, %s removed, %s movers, %s new users', d.transfers,
            trim_scale(d.issued), trim_scale(d.removed), d.movers, d.new_users
        )
    FROM wallet_private.daily AS d
    FULL JOIN (
        SELECT
            t.asset_id, t.day, t.kind::text COLLATE "C" AS kind, count(*) AS transfers,
            coalesce(sum(t.amount) FILTER (WHERE t.amount > 0), 0) AS issued,
            coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0), 0) AS removed,
            count(*) FILTER (WHERE t.last_day IS DISTINCT FROM t.day) AS movers,
            count(*) FILTER (WHERE t.last_day IS NULL) AS new_users
        FROM (
            SELECT
                o.*, (o.created_at AT TIME ZONE 'UTC')::date AS day,
                lag((o.created_at AT TIME ZONE 'UTC')::date) OVER (
                    PARTITION BY o.user_id, o.asset_id ORDER BY o.seq
                ) AS last_day,
                wallet_private.is_imported(o) AS is_imported
            FROM wallet_private.transfer AS o
        ) AS t
        CROSS JOIN wallet_private.fold AS f
        WHERE t.is_imported
            OR (coalesce(t.feed_position, 0), t.user_id, t.asset_id, t.seq) <= (
                (f.place).feed_position, (f.place).user_id, (f.place).asset_id, (f.place).seq
            )
        GROUP BY t.asset_id, t.day, t.kind
    ) AS l ON d.asset_id = l.asset_id AND d.day = l.day AND d.kind = l.kind
    WHERE (d.transfers, d.issued, d.removed, d.movers, d.new_users)
        IS DISTINCT FROM (l.transfers, l.issued, l.removed, l.movers, l.new_users)
    ORDER BY 2;
END
$$;
