CREATE OR REPLACE FUNCTION wallet_private.page_history(
    p_user_id uuid, p_kind text, p_limit integer, p_place jsonb
) RETURNS SETOF wallet_private.transfer
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
ROWS 50
AS $$
-- Reads the newest p_limit transfers from a place in a user's history on. It reads each wallet's
-- part backwards along the primary key, so a page far down costs no more than the first. Then it
-- merges the parts by time.
BEGIN
    PERFORM wallet_private.check_choice('kind', p_kind, ARRAY[
        'TOPUP', 'BONUS', 'SPEND', 'CONVERT', 'TASK', 'PURCHASE', 'CAPTURE', 'REVERSAL', 'ADJUST',
        'EXPIRE', 'REFUND', 'REPAY'
    ]);
    RETURN QUERY
    SELECT t.*
    FROM jsonb_each_text(p_place) AS w (asset_id, seq)
    CROSS JOIN LATERAL (
        SELECT p.*
        FROM wallet_private.transfer AS p
        WHERE p.user_id = p_user_id
            AND p.asset_id = w.asset_id::integer
            AND p.seq <= w.seq::bigint
            AND p.amount <> 0
            AND (p_kind IS NULL OR p.kind = p_kind)
        ORDER BY p.seq DESC
        LIMIT p_limit
    ) AS t
    ORDER BY t.created_at DESC, t.asset_id DESC
    LIMIT p_limit;
END
$$;
