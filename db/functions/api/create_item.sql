CREATE OR REPLACE FUNCTION wallet.create_item(
    p_code text,
    p_name text,
    p_asset text,
    p_price numeric,
    p_stock bigint DEFAULT NULL,
    p_max_per_user integer DEFAULT NULL,
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
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_price numeric := wallet_private.check_amount('price', p_price, v_asset);
    v_item wallet_private.item;
BEGIN
    PERFORM wallet_private.check_code(p_code);
    PERFORM wallet_private.check_given('name', p_name);
    PERFORM wallet_private.check_text('name', p_name);
    PERFORM wallet_private.check_range('stock', p_stock, 0, 1000000000000000);
    PERFORM wallet_private.check_range('max_per_user', p_max_per_user, 1, 2147483647);

    INSERT INTO wallet_private.item (code, name, asset_id, price, stock, max_per_user)
    VALUES (p_code, p_name, v_asset.asset_id, v_price, p_stock, p_max_per_user)
    ON CONFLICT (code) DO NOTHING
    RETURNING * INTO v_item;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('an item', p_code);
    END IF;
    PERFORM wallet_private.record_action(
        'create_item', v_item.code, to_jsonb(v_item), p_actor, p_reason
    );
    RETURN wallet_private.to_item(v_item);
END
$$;

COMMENT ON FUNCTION wallet.create_item(text, text, text, numeric, bigint, integer, text, text) IS
'Makes an item that users can buy. p_stock is how many there are and p_max_per_user how many each
user may own; NULL means no limit. p_reason says why, for the record.
Returns: wallet.item.
Locks: nothing that others wait for.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA114 WA202 WA304';
