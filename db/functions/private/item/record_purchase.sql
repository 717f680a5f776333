CREATE OR REPLACE FUNCTION wallet_private.record_purchase(
    p_item wallet_private.item, p_quantity integer, p_transfer wallet_private.transfer
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Writes a purchase down and takes it from the stock. Raises WA404 or WA403 if a limit is reached.
DECLARE
    v_owned bigint;
    v_stock bigint;
BEGIN
    IF p_item.max_per_user IS NOT NULL THEN
        SELECT coalesce(sum(p.quantity - p.returned), 0) INTO v_owned
        FROM wallet_private.purchase AS p
        WHERE p.user_id = p_transfer.user_id AND p.item_id = p_item.item_id;
        IF v_owned + p_quantity > p_item.max_per_user THEN
            RAISE EXCEPTION 'the item''s limit per user is reached'
                USING ERRCODE = 'WA404',
                    DETAIL = format(
                        'Each user can own %s of item %s; this one owns %s and wants %s more.',
                        p_item.max_per_user, p_item.code, v_owned, p_quantity
                    ),
                    HINT = 'Offer fewer, or another item.';
        END IF;
    END IF;
    INSERT INTO wallet_private.purchase (
        user_id, transaction_id, item_id, quantity, unit_price, purchased_at
    ) VALUES (
        p_transfer.user_id, p_transfer.transaction_id, p_item.item_id, p_quantity, p_item.price,
        p_transfer.created_at
    );
    IF p_item.stock IS NOT NULL THEN
        UPDATE wallet_private.item AS i SET stock = i.stock - p_quantity
        WHERE i.item_id = p_item.item_id AND (i.stock >= p_quantity OR i.stock IS NULL);
        IF NOT FOUND THEN
            SELECT i.stock INTO v_stock FROM wallet_private.item AS i
            WHERE i.item_id = p_item.item_id;
            RAISE EXCEPTION 'the item is out of stock'
                USING ERRCODE = 'WA403',
                    DETAIL = format(
                        '%s of item %s are left, %s are wanted.', v_stock, p_item.code, p_quantity
                    ),
                    HINT = 'Offer fewer, or another item.';
        END IF;
    END IF;
END
$$;
