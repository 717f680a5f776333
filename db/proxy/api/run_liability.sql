CREATE OR REPLACE FUNCTION wallet_private.run_liability(
    p_asset text, p_at timestamptz, p_time_zone text
) RETURNS SETOF wallet.liability_item
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT
        i.asset, i.origin, i.issue_month, i.expiry_month, sum(i.issued), sum(i.used),
        sum(i.expired), sum(i.reversed), sum(i.outstanding)
    FROM wallet_private.liability(p_asset, p_at, p_time_zone) AS i
    GROUP BY i.asset, i.origin, i.issue_month, i.expiry_month
    ORDER BY i.origin, i.issue_month, i.expiry_month;
END
$$;
