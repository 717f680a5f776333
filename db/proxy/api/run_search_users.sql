CREATE OR REPLACE FUNCTION wallet_private.run_search_users(p_query text, p_limit integer)
RETURNS SETOF wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT u.* FROM wallet_private.search_users(p_query, p_limit) AS u
    ORDER BY lower(u.name COLLATE "C"), u.user_id
    LIMIT coalesce(p_limit, 50);
END
$$;
