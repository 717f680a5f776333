CREATE OR REPLACE FUNCTION wallet_private.debt_at(
    p_user_id uuid, p_asset_id integer, p_at timestamptz
) RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What a user owed of an asset at an instant: what the last transfer until then says that
    -- changed it. Who never had a refund never owed anything, and nothing more is read of him.
    SELECT coalesce((
        SELECT (t.details #>> '{result,debt}')::numeric
        FROM wallet_private.transfer AS t
        WHERE t.user_id = p_user_id AND t.asset_id = p_asset_id
            AND t.kind IN ('REFUND', 'REPAY', 'FORGIVE')
            AND t.seq <= wallet_private.seq_at(p_user_id, p_asset_id, p_at)
        ORDER BY t.seq DESC
        LIMIT 1
    ), 0)
    WHERE EXISTS (SELECT FROM wallet_private.refund AS r WHERE r.user_id = p_user_id)
    UNION ALL
    SELECT 0
    LIMIT 1
$$;
