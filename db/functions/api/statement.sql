CREATE OR REPLACE FUNCTION wallet.statement(
    p_user_id uuid,
    p_asset text,
    p_from timestamptz DEFAULT NULL,
    p_until timestamptz DEFAULT NULL
) RETURNS SETOF wallet.statement_line
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    RETURN QUERY
    SELECT
        p_from, NULL::uuid, 'OPENING', NULL, NULL::numeric, NULL::numeric,
        round(wallet_private.balance_at(
            p_user_id, v_asset.asset_id, p_from - interval '1 microsecond'
        ), v_asset.scale)
    WHERE p_from IS NOT NULL;

    RETURN QUERY
    SELECT
        t.created_at, t.transaction_id, t.kind::text, t.reference,
        CASE WHEN t.amount < 0 THEN -t.amount END, CASE WHEN t.amount > 0 THEN t.amount END,
        t.balance_after::numeric
    FROM wallet_private.transfer AS t
    WHERE t.user_id = p_user_id AND t.asset_id = v_asset.asset_id AND t.amount <> 0
        AND t.seq > CASE WHEN p_from IS NULL THEN 0 ELSE wallet_private.seq_at(
            p_user_id, v_asset.asset_id, p_from - interval '1 microsecond'
        ) END
        AND t.seq <= wallet_private.seq_at(
            p_user_id, v_asset.asset_id, coalesce(p_until - interval '1 microsecond', 'infinity')
        )
    ORDER BY t.seq;
END
$$;

COMMENT ON FUNCTION wallet.statement(uuid, text, timestamptz, timestamptz) IS
'Gives a user''s statement of account in one asset, the oldest line first. It begins at p_from, with
an OPENING line, and ends before p_until. NULL leaves an end open.
Returns: wallet.statement_line for each movement.
Locks: nothing.
Raises: WA101 WA201 WA202';
