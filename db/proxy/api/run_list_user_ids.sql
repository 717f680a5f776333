CREATE OR REPLACE FUNCTION wallet_private.run_list_user_ids(p_external_ids text[])
RETURNS SETOF wallet.user_key
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT u.external_id, u.user_id
    FROM (
        SELECT
            n.name AS external_id,
            CASE
                WHEN n.user_id IS NOT NULL THEN n.user_id
                ELSE wallet_private.find_named(n.place, 'external_id', n.name)
            END AS user_id
        FROM wallet_private.list_names('external_id', p_external_ids) AS n
    ) AS u
    WHERE u.user_id IS NOT NULL;
END
$$;
