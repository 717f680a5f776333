CREATE OR REPLACE FUNCTION wallet_private.change_debt(
    p_user_id uuid, p_asset_id integer, p_owed numeric
) RETURNS numeric
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Adds p_owed to what a user owes, or takes it away if it is negative. Returns what is owed then.
-- The caller has locked the wallet, and writes a transfer that says the same.
DECLARE
    v_debt numeric := wallet_private.debt_of(p_user_id, p_asset_id) + p_owed;
BEGIN
    DELETE FROM wallet_private.debt AS d
    WHERE d.user_id = p_user_id AND d.asset_id = p_asset_id;
    INSERT INTO wallet_private.debt (user_id, asset_id, amount)
    SELECT p_user_id, p_asset_id, v_debt WHERE v_debt <> 0;
    UPDATE wallet_private.wallet AS w SET is_plain = wallet_private.is_plain_wallet(p_user_id, a)
    FROM wallet_private.asset AS a
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id AND a.asset_id = p_asset_id;
    RETURN v_debt;
END
$$;
