CREATE OR REPLACE FUNCTION wallet_private.repay_debt(p_user_id uuid, p_asset_id integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Repays what a user owes with what is available. Whatever makes something available in a wallet
-- that is not plain calls it at once: so who owes something has nothing available. The caller has
-- locked the wallet.
DECLARE
    v_now timestamptz;
    v_amount numeric;
    v_debt numeric := wallet_private.debt_of(p_user_id, p_asset_id);
    v_transfer wallet_private.transfer;
BEGIN
    IF v_debt = 0 THEN
        RETURN;
    END IF;
    -- A hold that is being released is still open.
    v_now := wallet_private.book_due(p_user_id, p_asset_id, false);
    SELECT least(v_debt, w.balance - w.held) INTO v_amount FROM wallet_private.wallet AS w
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id;
    IF v_amount > 0 THEN
        v_debt := wallet_private.change_debt(p_user_id, p_asset_id, -v_amount);
        v_transfer := wallet_private.new_transfer(
            'REPAY', p_user_id, p_asset_id, -v_amount, NULL, NULL,
            jsonb_build_object(
                'result', jsonb_build_object('owed', -v_amount, 'debt', v_debt)
            ),
            NULL, NULL
        );
        v_transfer.created_at := v_now;
        PERFORM wallet_private.post(v_transfer);
    END IF;
END
$$;
