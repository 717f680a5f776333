CREATE OR REPLACE FUNCTION wallet_private.part_spread(
    p_asset text, p_from_day date, p_to_day date
) RETURNS SETOF wallet.spread_change
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
-- How the balances of this database changed on each day. All that was before makes one day. What
-- several databases answer adds up.
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_spread wallet_private.spread[];
BEGIN
    PERFORM wallet_private.check_range('days', p_to_day - p_from_day + 1, 1, 366);
    v_spread := (wallet_private.not_folded()).spread;
    RETURN QUERY
    SELECT
        greatest(s.day, p_from_day - 1), s.step::numeric, sum(s.wallets)::bigint, sum(s.amount)
    FROM (
        SELECT f.* FROM wallet_private.spread AS f
        WHERE f.asset_id = v_asset.asset_id AND f.day <= p_to_day
        UNION ALL
        SELECT u.* FROM unnest(v_spread) AS u
        WHERE u.asset_id = v_asset.asset_id AND u.day <= p_to_day
    ) AS s
    GROUP BY greatest(s.day, p_from_day - 1), s.step;
END
$$;
