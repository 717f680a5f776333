CREATE OR REPLACE FUNCTION wallet_private.seq_at(
    p_user_id uuid, p_asset_id integer, p_at timestamptz
) RETURNS bigint
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Finds the seq of a wallet's last transfer at or before an instant, 0 before the first. seq has no
-- gaps and time rises with it. So a binary search finds it in log2(seq) looks at the primary key.
DECLARE
    v_wallet wallet_private.wallet;
    v_low bigint := 0;
    v_high bigint;
    v_middle bigint;
    v_created_at timestamptz;
BEGIN
    SELECT w.* INTO v_wallet FROM wallet_private.wallet AS w
    WHERE w.user_id = p_user_id AND w.asset_id = p_asset_id;
    IF v_wallet.seq IS NULL OR p_at >= v_wallet.moved_at THEN
        RETURN coalesce(v_wallet.seq, 0);
    END IF;

    v_high := v_wallet.seq - 1;
    WHILE v_low < v_high LOOP
        v_middle := (v_low + v_high + 1) / 2;
        SELECT t.created_at INTO v_created_at FROM wallet_private.transfer AS t
        WHERE t.user_id = p_user_id AND t.asset_id = p_asset_id AND t.seq = v_middle;
        IF v_created_at <= p_at THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle - 1;
        END IF;
    END LOOP;
    RETURN v_low;
END
$$;
