CREATE OR REPLACE FUNCTION wallet.list_proposals(
    p_status text DEFAULT NULL, p_limit integer DEFAULT 50, p_cursor text DEFAULT NULL
) RETURNS SETOF wallet.proposal_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_query text := format('proposals %L', p_status);
    v_limit integer := coalesce(p_limit, 50);
    v_before uuid;
BEGIN
    PERFORM wallet_private.check_choice('status', p_status, '{pending,approved,rejected,expired}');
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    v_before := wallet_private.read_cursor(v_query, p_cursor, '^[0-9a-f-]{36}$')::uuid;
    RETURN QUERY
    SELECT
        p.proposal_id, p.function, p.arguments, p.user_id, p.reason, p.proposed_by, p.forecast,
        p.created_at, p.expires_at, p.status, p.decided_by, p.decision_reason, p.decided_at,
        p.result,
        CASE WHEN p.row_number = v_limit AND p.total > v_limit THEN
            wallet_private.write_cursor(v_query, p.proposal_id::text)
        END
    FROM (
        SELECT f.*, row_number() OVER (ORDER BY f.proposal_id DESC), count(*) OVER () AS total
        FROM (
            SELECT s.*
            FROM wallet_private.proposal AS r
            CROSS JOIN LATERAL wallet_private.to_proposal(r, NULL) AS s
            WHERE (v_before IS NULL OR r.proposal_id < v_before)
                AND (p_status IS NULL OR s.status = p_status)
            ORDER BY r.proposal_id DESC
            LIMIT v_limit + 1
        ) AS f
    ) AS p
    WHERE p.row_number <= v_limit
    ORDER BY p.row_number;
END
$$;

COMMENT ON FUNCTION wallet.list_proposals(text, integer, text) IS
'Lists what was proposed, the newest first; with p_status (pending, approved, rejected, expired)
only those.
Returns: wallet.proposal_item for each, p_limit (1 to 200) at most, with cursors as in
list_transactions.
Locks: nothing.
Raises: WA108 WA109 WA110';
