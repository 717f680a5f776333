CREATE OR REPLACE FUNCTION wallet_private.run_treasury(p_asset text, p_at timestamptz)
RETURNS SETOF wallet.treasury_item
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Each partition knows the whole cap.
BEGIN
    RETURN QUERY
    SELECT
        t.asset, sum(t.outstanding), sum(t.balance), min(t.supply),
        min(t.supply) - sum(t.outstanding)
    FROM wallet_private.treasury(p_asset, p_at) AS t
    GROUP BY t.asset
    ORDER BY t.asset;
END
$$;
