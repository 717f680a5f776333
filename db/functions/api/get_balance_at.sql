CREATE OR REPLACE FUNCTION wallet.get_balance_at(
    p_user_id uuid, p_asset text, p_at timestamptz
) RETURNS wallet.balance_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_balance numeric;
    v_held numeric;
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    PERFORM wallet_private.check_given('at', p_at);
    v_balance := wallet_private.balance_at(p_user_id, v_asset.asset_id, p_at);
    v_held := wallet_private.held_at(p_user_id, v_asset.asset_id, p_at);
    -- What had expired by then may have been booked later.
    IF v_asset.lot_order IS NOT NULL THEN
        SELECT v_balance - coalesce(sum(l.remaining - l.held), 0) INTO v_balance
        FROM wallet_private.lots_at(p_user_id, v_asset.asset_id, p_at) AS l
        WHERE l.expires_at <= p_at;
    END IF;
    RETURN ROW(
        p_user_id, v_asset.code, round(v_balance, v_asset.scale), round(v_held, v_asset.scale),
        round(v_balance - v_held, v_asset.scale), NULL, NULL, NULL, NULL,
        round(wallet_private.debt_at(p_user_id, v_asset.asset_id, p_at), v_asset.scale)
    )::wallet.balance_item;
END
$$;

COMMENT ON FUNCTION wallet.get_balance_at(uuid, text, timestamptz) IS
'Gives a user''s balance in one asset as it was at an instant: after the last movement at or before
it. It takes log2(movements) looks at an index. For an asset with lots it also reads what has moved
since.
Returns: wallet.balance_item. The balance is 0 before the first movement; what is of lots is NULL.
Locks: nothing.
Raises: WA101 WA201 WA202';
