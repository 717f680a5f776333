CREATE OR REPLACE FUNCTION wallet_private.find_user_ids(p_kind text, p_names text[])
RETURNS TABLE (kind text, name text, user_id uuid)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- wallet_private.find_user_id for many: a row for each name that somebody has.
BEGIN
    IF p_names <> '{}' THEN
        RETURN QUERY
        SELECT p_kind, u.name, u.user_id
        FROM (
            SELECT
                n.name,
                CASE
                    WHEN n.user_id IS NOT NULL THEN n.user_id
                    ELSE wallet_private.find_named(n.place, p_kind, n.name)
                END AS user_id
            FROM wallet_private.list_names(p_kind, p_names) AS n
        ) AS u
        WHERE u.user_id IS NOT NULL;
    END IF;
END
$$;
