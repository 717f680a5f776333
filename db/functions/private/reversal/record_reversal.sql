CREATE OR REPLACE FUNCTION wallet_private.record_reversal(
    p_original wallet_private.transfer, p_reversal wallet_private.transfer
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Links a reversal to its original, and takes a purchase's items back.
DECLARE
    v_purchase wallet_private.purchase;
    v_quantity integer;
BEGIN
    INSERT INTO wallet_private.reversal (user_id, transaction_id, reversal_id, amount)
    VALUES (
        p_original.user_id, p_original.transaction_id, p_reversal.transaction_id,
        abs(p_reversal.amount)
    );
    IF p_original.kind = 'PURCHASE' THEN
        v_quantity := div(
            p_reversal.amount, (p_original.details #>> '{result,unit_price}')::numeric
        );
        UPDATE wallet_private.purchase AS p SET returned = p.returned + v_quantity
        WHERE p.user_id = p_original.user_id AND p.transaction_id = p_original.transaction_id
        RETURNING p.* INTO v_purchase;
        UPDATE wallet_private.item AS i SET stock = i.stock + v_quantity
        WHERE i.item_id = v_purchase.item_id AND i.stock IS NOT NULL;
    END IF;
END
$$;
