CREATE OR REPLACE FUNCTION wallet_private.part_actions(
    p_name text,
    p_subject text,
    p_by text,
    p_since timestamptz,
    p_until timestamptz,
    p_limit integer,
    p_before bigint,
    p_but text DEFAULT NULL
) RETURNS SETOF wallet.action_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
-- The newest of what operators did, before an action and without what p_but matches.
BEGIN
    RETURN QUERY
    SELECT a.action_id, a.created_at, a.actor, a.name, a.subject, a.details, NULL::text
    FROM wallet_private.action AS a
    WHERE (p_before IS NULL OR a.action_id < p_before)
        AND (p_name IS NULL OR a.name = p_name)
        AND (p_subject IS NULL OR a.subject = p_subject)
        AND (p_by IS NULL OR a.actor = p_by)
        AND (p_since IS NULL OR a.created_at >= p_since)
        AND (p_until IS NULL OR a.created_at < p_until)
        AND (p_but IS NULL OR a.name !~ p_but)
    ORDER BY a.action_id DESC
    LIMIT p_limit;
END
$$;
