CREATE OR REPLACE FUNCTION wallet.treasury(
    p_asset text DEFAULT NULL, p_at timestamptz DEFAULT NULL
) RETURNS SETOF wallet.treasury_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_asset IS NOT NULL THEN
        PERFORM wallet_private.find_asset(p_asset);
    END IF;
    IF p_at IS NULL THEN
        RETURN QUERY
        SELECT b.* FROM wallet.treasury_balance AS b
        WHERE p_asset IS NULL OR b.asset = p_asset
        ORDER BY b.asset;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT
        a.code, round(o.outstanding, a.scale), round(-o.outstanding, a.scale),
        NULL::numeric, NULL::numeric
    FROM wallet_private.asset AS a
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(wallet_private.balance_at(w.user_id, w.asset_id, p_at)), 0)
        FROM wallet_private.wallet AS w
        WHERE w.asset_id = a.asset_id
    ) AS o (outstanding)
    WHERE p_asset IS NULL OR a.code = p_asset
    ORDER BY a.code;
END
$$;

COMMENT ON FUNCTION wallet.treasury(text, timestamptz) IS
'Gives the other side of the books: what users hold of each asset (outstanding), now or as it was at
an instant. The treasury has no row of its own: its balance is the negative of that.
Returns: wallet.treasury_item for each asset. supply and remaining are NULL for an uncapped asset,
and for the past, as caps have no history.
Locks: nothing. It sums up all wallets.
Raises: WA202';
