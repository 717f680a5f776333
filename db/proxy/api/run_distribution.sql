CREATE OR REPLACE FUNCTION wallet_private.run_distribution(
    p_asset text, p_from_day date, p_to_day date
) RETURNS SETOF wallet.distribution_day
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- What changed in the partitions adds up. One of them makes the figures of it.
DECLARE
    v_to_day date := coalesce(p_to_day, (statement_timestamp() AT TIME ZONE 'UTC')::date);
    v_from_day date := coalesce(p_from_day, v_to_day - 29);
    v_changes wallet.spread_change[];
BEGIN
    v_changes := ARRAY(
        SELECT ROW(c.day, c.step, sum(c.wallets), sum(c.amount))::wallet.spread_change
        FROM wallet_private.all_part_spread(p_asset, v_from_day, v_to_day) AS c
        GROUP BY c.day, c.step
    );
    RETURN QUERY
    SELECT f.*
    FROM wallet_private.spread_figures(
        wallet_private.any_place(), p_asset, v_from_day, v_to_day, v_changes
    ) AS f;
END
$$;
