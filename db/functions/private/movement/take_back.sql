CREATE OR REPLACE FUNCTION wallet_private.take_back(
    p_user_id uuid, p_asset_id integer, p_seq bigint, p_amount numeric, p_hold numeric
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Undoes what post did to a wallet. The row is still locked, so the wallet is again what it was.
DECLARE
    v_last wallet_private.transfer;
BEGIN
    SELECT t.* INTO v_last FROM wallet_private.transfer AS t
    WHERE t.user_id = p_user_id
        AND t.asset_id = p_asset_id
        AND t.seq = p_seq - 1;

    UPDATE wallet_private.wallet AS w
    SET balance = w.balance - p_amount,
        held = w.held - p_hold,
        seq = w.seq - 1,
        moved_at = coalesce(v_last.created_at, '-infinity'),
        head = coalesce(v_last.hash, ''),
        feed_position = v_last.feed_position
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id;
END
$$;
