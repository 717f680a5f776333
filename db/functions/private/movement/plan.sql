CREATE OR REPLACE FUNCTION wallet_private.plan(
    p_transfer wallet_private.transfer, p_hold numeric
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Sees to what is special about a wallet: debt, then lots, then limits. It writes into the details
-- of a transfer what settle is to do. Returns NULL if the wallet is plain, or there is none. The
-- caller has locked the wallet, so it stays like this until the transfer is posted.
DECLARE
    v_asset wallet_private.asset;
BEGIN
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = p_transfer.asset_id;
    -- A copy of a request is not refused for what its original has used: the ledger's key tells it.
    IF (v_asset.is_debt_blocking OR v_asset.is_limited) AND EXISTS (
        SELECT FROM wallet_private.transfer AS t
        WHERE t.user_id = p_transfer.user_id AND t.idempotency_key = p_transfer.idempotency_key
    ) THEN
        RETURN p_transfer;
    END IF;
    IF v_asset.is_debt_blocking THEN
        PERFORM wallet_private.refuse_debtor(v_asset, p_transfer);
    END IF;
    p_transfer := wallet_private.plan_lots(p_transfer, p_hold);
    IF v_asset.is_limited AND p_transfer.user_id IS NOT NULL THEN
        p_transfer := wallet_private.plan_limits(p_transfer);
    END IF;
    RETURN p_transfer;
END
$$;
