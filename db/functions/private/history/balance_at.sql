CREATE OR REPLACE FUNCTION wallet_private.balance_at(
    p_user_id uuid, p_asset_id integer, p_at timestamptz
) RETURNS numeric
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds the balance after the last transfer at or before an instant, 0 before the first.
DECLARE
    v_seq bigint := wallet_private.seq_at(p_user_id, p_asset_id, p_at);
    v_balance numeric;
BEGIN
    SELECT t.balance_after INTO v_balance FROM wallet_private.transfer AS t
    WHERE t.user_id = p_user_id AND t.asset_id = p_asset_id AND t.seq = v_seq;
    RETURN coalesce(v_balance, 0);
END
$$;
