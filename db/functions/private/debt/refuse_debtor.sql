CREATE OR REPLACE FUNCTION wallet_private.refuse_debtor(
    p_asset wallet_private.asset, p_transfer wallet_private.transfer
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Refuses what a user who owes something may not do where the asset blocks it: to spend, to
-- convert, to have something set aside or captured. The caller has locked the wallet.
DECLARE
    v_debt numeric;
BEGIN
    IF NOT p_asset.is_debt_blocking OR p_transfer.amount > 0
        OR p_transfer.kind NOT IN ('SPEND', 'CONVERT', 'PURCHASE', 'CAPTURE', 'HOLD') THEN
        RETURN;
    END IF;
    -- What a hold that has expired gives back repays first.
    IF p_transfer.kind <> 'CAPTURE' THEN
        PERFORM wallet_private.expire_holds(p_transfer.user_id, p_asset.asset_id);
    END IF;
    v_debt := wallet_private.debt_of(p_transfer.user_id, p_asset.asset_id);
    IF v_debt > 0 THEN
        RAISE EXCEPTION 'the user is in debt'
            USING ERRCODE = 'WA414',
                DETAIL = format(
                    'User %s owes %s %s.', p_transfer.user_id, v_debt, p_asset.code
                ),
                HINT = 'Credits repay it first. An operator can forgive it with '
                    'wallet.forgive_debt.';
    END IF;
END
$$;
