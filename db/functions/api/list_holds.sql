CREATE OR REPLACE FUNCTION wallet.list_holds(
    p_user_id uuid,
    p_asset text DEFAULT NULL,
    p_status text DEFAULT NULL,
    p_limit integer DEFAULT 50,
    p_cursor text DEFAULT NULL
) RETURNS SETOF wallet.hold_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_query text := format('holds %s %L %L', p_user_id, p_asset, p_status);
    v_limit integer := coalesce(p_limit, 50);
    v_before uuid;
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    PERFORM wallet_private.check_choice(
        'status', p_status, '{open,captured,released,expired}'
    );
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    IF p_asset IS NOT NULL THEN
        PERFORM wallet_private.find_asset(p_asset);
    END IF;
    v_before := wallet_private.read_cursor(
        v_query, p_cursor, '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    )::uuid;
    RETURN QUERY
    SELECT
        h.hold_id, h.user_id, h.asset, h.amount, h.captured, h.remaining, h.status, h.reference,
        h.metadata, h.expires_at, h.created_at,
        CASE WHEN h.row_number = v_limit AND h.total > v_limit THEN
            wallet_private.write_cursor(v_query, h.hold_id::text)
        END
    FROM (
        SELECT
            f.*, row_number() OVER (ORDER BY o.hold_id DESC), count(*) OVER () AS total
        FROM wallet_private.hold AS o
        INNER JOIN wallet_private.asset AS a ON a.asset_id = o.asset_id
        INNER JOIN wallet_private.transfer AS t
            ON t.user_id = o.user_id AND t.transaction_id = o.hold_id
        CROSS JOIN LATERAL wallet_private.to_hold(o, a.code, t, NULL) AS f
        WHERE o.user_id = p_user_id AND (v_before IS NULL OR o.hold_id < v_before)
            AND (p_asset IS NULL OR a.code = p_asset)
            AND (p_status IS NULL OR f.status = p_status)
        ORDER BY o.hold_id DESC
        LIMIT v_limit + 1
    ) AS h
    WHERE h.row_number <= v_limit
    ORDER BY h.row_number;
END
$$;

COMMENT ON FUNCTION wallet.list_holds(uuid, text, text, integer, text) IS
'Lists a user''s holds, the newest first. p_asset and p_status (open, captured, released, expired)
choose among them. A hold is shown as expired as soon as its time has passed.
Returns: wallet.hold_item for each, p_limit (1 to 200) at most, with cursors as in
list_transactions.
Locks: nothing.
Raises: WA101 WA108 WA109 WA110 WA201 WA202';
