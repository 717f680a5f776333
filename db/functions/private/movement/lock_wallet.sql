CREATE OR REPLACE FUNCTION wallet_private.lock_wallet(p_user_id uuid, p_asset_id integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- For what has to be read before it is known how a balance moves. The lock is a write, and what it
-- protects is read by a later statement: the one that waited still sees what was before.
BEGIN
    UPDATE wallet_private.wallet AS w SET held = w.held
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id;
END
$$;
