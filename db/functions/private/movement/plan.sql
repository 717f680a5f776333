CREATE OR REPLACE FUNCTION wallet_private.plan(
    p_transfer wallet_private.transfer, p_hold numeric
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Sees to what is special about a wallet: lots, then limits. It writes into the details of a
-- transfer what settle is to do. Returns NULL if the wallet is plain, or there is none. The caller
-- has locked the wallet, so it stays like this until the transfer is posted.
BEGIN
    p_transfer := wallet_private.plan_lots(p_transfer, p_hold);
    IF p_transfer.user_id IS NOT NULL AND EXISTS (
        SELECT FROM wallet_private.asset AS a
        WHERE a.asset_id = p_transfer.asset_id AND a.is_limited
    ) THEN
        p_transfer := wallet_private.plan_limits(p_transfer);
    END IF;
    RETURN p_transfer;
END
$$;
