CREATE OR REPLACE FUNCTION wallet.list_lots(p_user_id uuid, p_asset text)
RETURNS SETOF wallet.lot
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    RETURN QUERY
    SELECT
        l.user_id, v_asset.code, l.lot_id, l.origin::text, round(l.amount, v_asset.scale),
        round(s.remaining, v_asset.scale), round(l.held, v_asset.scale), l.expires_at,
        t.transaction_id, t.created_at
    FROM wallet_private.lots_at(p_user_id, v_asset.asset_id, NULL) AS l
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN l.expires_at <= statement_timestamp() THEN l.held ELSE l.remaining END
    ) AS s (remaining)
    INNER JOIN wallet_private.transfer AS t
        ON t.user_id = l.user_id AND t.asset_id = l.asset_id AND t.seq = l.lot_id
    WHERE s.remaining > 0
    ORDER BY wallet_private.lot_rank(l, v_asset.lot_order);
END
$$;

COMMENT ON FUNCTION wallet.list_lots(uuid, text) IS
'What is left of each credit of a user in an asset with lots, in the order in which debits use it;
the transaction is the one that made it. Of what has expired only what a hold holds is there.
Returns: wallet.lot for each; none for an asset without lots.
Locks: nothing.
Raises: WA101 WA201 WA202';
