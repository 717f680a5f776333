CREATE OR REPLACE FUNCTION wallet.get_balance(p_user_id uuid, p_asset text)
RETURNS wallet.balance_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_balance wallet.balance_item;
BEGIN
    -- Nearly always there is a wallet, and nothing of it is held. To read it here costs half of
    -- what the view costs.
    SELECT
        w.user_id, a.code, round(w.balance, a.scale), round(w.held, a.scale),
        round(w.balance, a.scale), NULL::numeric, NULL::numeric, NULL::numeric,
        NULL::timestamptz, round(0::numeric, a.scale)
    INTO v_balance
    FROM wallet_private.asset AS a
    INNER JOIN wallet_private.wallet AS w ON w.asset_id = a.asset_id
    WHERE a.code = p_asset AND w.user_id = p_user_id AND w.held = 0
        AND w.is_plain;
    IF FOUND THEN
        RETURN v_balance;
    END IF;

    SELECT
        b.user_id, b.asset, b.balance, b.held, b.available, b.paid, b.free, b.expiring,
        b.expires_at, b.debt
    INTO v_balance
    FROM wallet.balance AS b
    WHERE b.user_id = p_user_id AND b.asset = p_asset;
    IF NOT FOUND THEN
        PERFORM wallet_private.find_user(p_user_id);
        PERFORM wallet_private.find_asset(p_asset);
    END IF;
    RETURN v_balance;
END
$$;

COMMENT ON FUNCTION wallet.get_balance(uuid, text) IS
'Gives a user''s balance in one asset.
Returns: wallet.balance_item. available is balance less held; an expired hold holds nothing. For an
asset with lots, paid and free make up the balance, and expiring expires next, at expires_at.
debt is what the user owes beside that.
Locks: nothing.
Raises: WA101 WA201 WA202';
