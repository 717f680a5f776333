CREATE OR REPLACE FUNCTION wallet_private.find_item(p_item_id bigint) RETURNS wallet_private.item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
DECLARE
    v_item wallet_private.item;
BEGIN
    PERFORM wallet_private.check_given('item_id', p_item_id);
    SELECT i.* INTO v_item FROM wallet_private.item AS i WHERE i.item_id = p_item_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'item not found'
            USING ERRCODE = 'WA204',
                DETAIL = format('There is no item %s.', p_item_id),
                HINT = 'wallet.list_items() lists them.';
    END IF;
    RETURN v_item;
END
$$;
