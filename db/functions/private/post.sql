CREATE OR REPLACE FUNCTION wallet_private.post(
    p_asset wallet_private.asset,
    p_transfer wallet_private.transfer,
    p_hold numeric DEFAULT 0
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The one path of every movement with one leg. Answers with the transfer as it now stands in the
-- ledger: with another transaction_id than was asked for when a duplicate has won.
DECLARE
    v_transfer wallet_private.transfer;
BEGIN
    v_transfer := wallet_private.move_balance(p_transfer, p_hold);
    IF v_transfer.hash IS NOT NULL THEN
        IF wallet_private.append_transfer(v_transfer) THEN
            IF p_asset.supply IS NOT NULL THEN
                PERFORM wallet_private.settle_supply(
                    p_asset, v_transfer.user_id, v_transfer.amount
                );
            END IF;
            RETURN v_transfer;
        END IF;
        PERFORM wallet_private.take_back(v_transfer, p_hold);
    END IF;
    RETURN wallet_private.find_replay(p_transfer);
END
$$;
