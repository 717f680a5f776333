CREATE OR REPLACE FUNCTION wallet_private.verify_erasures(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each of these users is erased if that was recorded, and has no name then. No chain was made anew
-- but by an erasure.
BEGIN
    RETURN QUERY
    SELECT c.name, format('user %s', u.user_id), c.expected, c.found
    FROM wallet_private.user_account AS u
    LEFT JOIN wallet_private.action AS a
        ON a.name = 'erase_user' AND a.subject = u.user_id::text
    CROSS JOIN LATERAL (VALUES
        ('an erasure is recorded', (a.action_id IS NOT NULL)::text, (u.status = 'erased')::text),
        ('who is erased has no name', CASE WHEN u.status = 'erased' THEN 'true' END, CASE
            WHEN u.status = 'erased' THEN (
                coalesce(u.external_id, u.name, u.email, u.phone, u.status_reason) IS NULL
                AND NOT EXISTS (
                    SELECT FROM wallet_private.credential AS o WHERE o.user_id = u.user_id
                )
            )::text
        END),
        ('only an erasure makes a chain anew', CASE WHEN u.status <> 'erased' THEN 'false' END,
            CASE WHEN u.status <> 'erased' THEN (EXISTS (
                SELECT FROM wallet_private.erased_chain AS e WHERE e.user_id = u.user_id
            ))::text END)
    ) AS c (name, expected, found)
    WHERE u.user_id BETWEEN p_from AND p_to AND c.expected IS DISTINCT FROM c.found
    ORDER BY u.user_id, c.name;
END
$$;
