CREATE OR REPLACE FUNCTION wallet_private.all_part_spread(
    p_asset text, p_from_day date, p_to_day date
) RETURNS SETOF wallet.spread_change
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL;
    SELECT r.* FROM wallet_private.part_spread(p_asset, p_from_day, p_to_day) AS r;
$$;
