CREATE OR REPLACE FUNCTION wallet_private.page_transfers(
    p_user_id uuid,
    p_asset text,
    p_kind text,
    p_limit integer,
    p_before_at timestamptz,
    p_before_asset_id integer
) RETURNS SETOF wallet_private.transfer
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
ROWS 50
AS $$
-- Only for calls of 0.1 that are under way while 0.2 is installed: goes with 0.3.
-- The newest p_limit transfers before a place in a user's history. Each wallet's part of it is read
-- backwards along the primary key, from the place that seq_at finds, so no page costs more than
-- another; then the parts are merged by time.
DECLARE
    v_asset_id integer := CASE
        WHEN p_asset IS NOT NULL THEN (wallet_private.find_asset(p_asset)).asset_id
    END;
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    PERFORM wallet_private.check_choice('kind', p_kind, ARRAY[
        'TOPUP', 'BONUS', 'SPEND', 'CONVERT', 'TASK', 'PURCHASE', 'CAPTURE', 'REVERSAL', 'ADJUST'
    ]);
    RETURN QUERY
    SELECT t.*
    FROM wallet_private.wallet AS w
    CROSS JOIN LATERAL (
        SELECT p.*
        FROM wallet_private.transfer AS p
        WHERE p.user_id = w.user_id AND p.asset_id = w.asset_id
            AND p.seq <= CASE
                WHEN p_before_at IS NULL THEN w.seq
                ELSE wallet_private.seq_at(w.user_id, w.asset_id, p_before_at)
            END
            AND (
                p_before_at IS NULL
                OR (p.created_at, p.asset_id) < (p_before_at, p_before_asset_id)
            )
            AND p.amount <> 0
            AND (p_kind IS NULL OR p.kind = p_kind)
        ORDER BY p.seq DESC
        LIMIT p_limit
    ) AS t
    WHERE w.user_id = p_user_id AND (v_asset_id IS NULL OR w.asset_id = v_asset_id)
    ORDER BY t.created_at DESC, t.asset_id DESC
    LIMIT p_limit;
END
$$;
