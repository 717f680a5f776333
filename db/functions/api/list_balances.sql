CREATE OR REPLACE FUNCTION wallet.list_balances(p_user_id uuid) RETURNS SETOF wallet.balance_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    RETURN QUERY
    SELECT
        b.user_id, b.asset, b.balance, b.held, b.available, b.paid, b.free, b.expiring,
        b.expires_at, b.debt
    FROM wallet.balance AS b
    WHERE b.user_id = p_user_id AND (b.balance > 0 OR b.debt > 0 OR NOT b.is_archived)
    ORDER BY b.asset;
END
$$;

COMMENT ON FUNCTION wallet.list_balances(uuid) IS
'Lists a user''s balances in every asset, by asset code. Balances of 0 are listed too, but not those
in archived assets.
Returns: wallet.balance_item for each asset.
Locks: nothing.
Raises: WA101 WA201';
