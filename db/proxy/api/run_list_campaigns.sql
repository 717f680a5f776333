CREATE OR REPLACE FUNCTION wallet_private.run_list_campaigns()
RETURNS SETOF wallet.campaign
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT
        c.campaign, c.asset, min(c.budget), sum(c.granted), min(c.budget) - sum(c.granted),
        sum(c.users)::bigint,
        min(c.created_at), min(c.expires_in)
    FROM wallet_private.list_campaigns() AS c
    GROUP BY c.campaign, c.asset
    ORDER BY c.campaign;
END
$$;
