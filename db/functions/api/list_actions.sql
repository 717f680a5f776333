CREATE OR REPLACE FUNCTION wallet.list_actions(
    p_name text DEFAULT NULL,
    p_subject text DEFAULT NULL,
    p_by text DEFAULT NULL,
    p_since timestamptz DEFAULT NULL,
    p_until timestamptz DEFAULT NULL,
    p_limit integer DEFAULT 50,
    p_cursor text DEFAULT NULL
) RETURNS SETOF wallet.action_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_query text := format(
        'actions %L %L %L %L %L', p_name, p_subject, p_by, extract(epoch FROM p_since),
        extract(epoch FROM p_until)
    );
    v_limit integer := coalesce(p_limit, 50);
    v_before bigint;
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    v_before := wallet_private.read_cursor(v_query, p_cursor, '^[0-9]{1,18}$')::bigint;
    RETURN QUERY
    SELECT
        p.action_id, p.created_at, p.actor, p.name, p.subject, p.details,
        CASE WHEN p.row_number = v_limit AND p.total > v_limit THEN
            wallet_private.write_cursor(v_query, p.action_id::text)
        END
    FROM (
        SELECT f.*, row_number() OVER (ORDER BY f.action_id DESC), count(*) OVER () AS total
        FROM wallet_private.part_actions(
            p_name, p_subject, p_by, p_since, p_until, v_limit + 1, v_before
        ) AS f
    ) AS p
    WHERE p.row_number <= v_limit
    ORDER BY p.row_number;
END
$$;

COMMENT ON FUNCTION wallet.list_actions(
    text, text, text, timestamptz, timestamptz, integer, text
) IS
'Lists what operators changed in the catalogue and in accounts, the newest first. p_name (such as
set_user_status), p_subject (such as a user id or a code) and p_by (the actor) choose among it; it
begins at p_since and ends before p_until.
Returns: wallet.action_item for each, p_limit (1 to 200) at most, with cursors as in
list_transactions.
Locks: nothing.
Raises: WA108 WA109';
