CREATE OR REPLACE FUNCTION wallet_private.to_item(p_item wallet_private.item) RETURNS wallet.item
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_item.item_id, p_item.code, p_item.name, a.code, p_item.price, p_item.stock,
        p_item.max_per_user, p_item.is_active, p_item.created_at
    )::wallet.item
    FROM wallet_private.asset AS a
    WHERE a.asset_id = p_item.asset_id
$$;
