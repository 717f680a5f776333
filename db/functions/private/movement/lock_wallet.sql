CREATE OR REPLACE FUNCTION wallet_private.lock_wallet(p_user_id uuid, p_asset_id integer)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Locks a wallet by a write that changes nothing. Callers need it when they have to read before
-- they know how a balance moves. They read in a later statement: the statement that waited still
-- sees what was before. Returns whether the wallet is plain, or NULL if there is none.
DECLARE
    v_is_plain boolean;
BEGIN
    UPDATE wallet_private.wallet AS w SET held = w.held
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id
    RETURNING w.is_plain INTO v_is_plain;
    RETURN v_is_plain;
END
$$;
