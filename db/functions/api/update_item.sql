CREATE OR REPLACE FUNCTION wallet.update_item(
    p_item_id bigint,
    p_name text DEFAULT NULL,
    p_price numeric DEFAULT NULL,
    p_stock bigint DEFAULT NULL,
    p_max_per_user integer DEFAULT NULL,
    p_is_active boolean DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.item
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_item wallet_private.item := wallet_private.find_item(p_item_id);
    v_asset wallet_private.asset;
    v_price numeric;
BEGIN
    PERFORM wallet_private.check_text('name', p_name);
    PERFORM wallet_private.check_range('stock', p_stock, -1, 1000000000000000);
    PERFORM wallet_private.check_range('max_per_user', p_max_per_user, 0, 2147483647);
    IF p_price IS NOT NULL THEN
        SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_item.asset_id;
        v_price := wallet_private.check_amount('price', p_price, v_asset);
    END IF;

    UPDATE wallet_private.item AS i
    SET name = coalesce(p_name, i.name),
        price = coalesce(v_price, i.price),
        stock = nullif(coalesce(p_stock, i.stock), -1),
        max_per_user = nullif(coalesce(p_max_per_user, i.max_per_user), 0),
        is_active = coalesce(p_is_active, i.is_active)
    WHERE i.item_id = p_item_id
    RETURNING * INTO v_item;
    PERFORM wallet_private.record_action(
        'update_item', v_item.code, to_jsonb(v_item), p_actor, p_reason
    );
    RETURN wallet_private.to_item(v_item);
END
$$;

COMMENT ON FUNCTION wallet.update_item(
    bigint, text, numeric, bigint, integer, boolean, text, text
) IS
'Changes those fields of an item that are given; NULL leaves a field as it is. p_stock -1 and
p_max_per_user 0 take the limit away. p_reason says why, for the record.
Returns: wallet.item.
Locks: the item''s row.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA204';
