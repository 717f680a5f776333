CREATE OR REPLACE FUNCTION wallet_private.clear_way(
    p_transfer wallet_private.transfer, p_hold numeric
) RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A movement matched no wallet. Returns true when what stood in its way is gone: it should try
-- again. Returns false when a duplicate of it has won. Otherwise raises the reason.
DECLARE
    v_status text;
    v_wallet wallet_private.wallet;
    v_needed numeric := p_hold - p_transfer.amount;
BEGIN
    -- The lock waits for whoever is at the wallet, so what is read from here on stays as it is. The
    -- movement under way may be a duplicate, which takes the very units that are missing now.
    PERFORM wallet_private.lock_wallet(p_transfer.user_id, p_transfer.asset_id);
    PERFORM FROM wallet_private.transfer AS t
    WHERE t.user_id = p_transfer.user_id
        AND hashtextextended(t.idempotency_key, 0)
            = hashtextextended(p_transfer.idempotency_key, 0);
    IF FOUND THEN
        RETURN false;
    END IF;

    PERFORM wallet_private.refuse_erased(p_transfer.user_id);
    v_status := (wallet_private.find_user(p_transfer.user_id)).status;
    IF v_status <> 'active' AND p_transfer.kind NOT IN (
        'REVERSAL', 'ADJUST', 'RELEASE', 'REFUND', 'REPAY', 'FORGIVE'
    ) THEN
        RAISE EXCEPTION 'the account is not active'
            USING ERRCODE = 'WA501',
                DETAIL = format('User %s is %s.', p_transfer.user_id, v_status),
                HINT = 'An operator can change that with wallet.set_user_status.';
    END IF;

    SELECT w.* INTO v_wallet FROM wallet_private.wallet AS w
    WHERE w.user_id = p_transfer.user_id AND w.asset_id = p_transfer.asset_id;
    IF v_wallet.balance - v_wallet.held < v_needed
        AND wallet_private.expire_holds(p_transfer.user_id, p_transfer.asset_id) = 0 THEN
        PERFORM wallet_private.refuse_low_balance(
            p_transfer.asset_id, v_needed, v_wallet.balance - v_wallet.held
        );
    END IF;
    RETURN true;
END
$$;
