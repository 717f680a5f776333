CREATE OR REPLACE FUNCTION wallet_private.run_list_subscriptions()
RETURNS SETOF wallet.subscription
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT
        s.code,
        min((s.part).assets), min((s.part).kinds),
        (array_agg((s.part).user_id ORDER BY s.place))[1],
        string_agg((s.part).acknowledged_cursor, '.' ORDER BY s.place),
        least(sum((s.part).behind), 10000)::bigint,
        min((s.part).oldest_at), min((s.part).created_at), max((s.part).acknowledged_at),
        min((s.part).alerts)
    FROM (
        SELECT a.place, a.subscription AS part, (a.subscription).subscription AS code
        FROM wallet_private.all_part_subscriptions() AS a
    ) AS s
    GROUP BY s.code
    HAVING min(s.place) = 0
    ORDER BY s.code;
END
$$;
