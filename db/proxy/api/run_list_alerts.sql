CREATE OR REPLACE FUNCTION wallet_private.run_list_alerts() RETURNS SETOF wallet.alert
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Those of partition 0, with what all have crossed.
BEGIN
    RETURN QUERY
    SELECT
        a.alert, a.measure, a.asset, a.campaign, a.user_id, a.direction, a.threshold, a.margin,
        a.is_share, a.within, a.value, t.crossed, a.created_at
    FROM wallet_private.list_alerts(0) AS a
    INNER JOIN (
        SELECT p.alert, sum(p.crossed)::bigint AS crossed
        FROM wallet_private.list_alerts() AS p
        GROUP BY p.alert
    ) AS t ON t.alert = a.alert
    ORDER BY a.alert;
END
$$;
