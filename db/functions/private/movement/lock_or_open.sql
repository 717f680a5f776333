CREATE OR REPLACE FUNCTION wallet_private.lock_or_open(p_user_id uuid, p_asset_id integer)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Does what lock_wallet does, and opens the wallet before if there is none.
DECLARE
    v_is_plain boolean := wallet_private.lock_wallet(p_user_id, p_asset_id);
BEGIN
    IF v_is_plain IS NULL THEN
        PERFORM wallet_private.find_user(p_user_id);
        PERFORM wallet_private.open_wallets(p_user_id);
        v_is_plain := wallet_private.lock_wallet(p_user_id, p_asset_id);
    END IF;
    RETURN v_is_plain;
END
$$;
