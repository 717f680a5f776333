CREATE OR REPLACE FUNCTION wallet.search_users(p_query text, p_limit integer DEFAULT 50)
RETURNS SETOF wallet.user
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- All that begins with it lies between it and this, byte by byte.
    v_beyond text := p_query || chr(1114111);
    v_limit integer := coalesce(p_limit, 50);
BEGIN
    PERFORM wallet_private.check_given('query', p_query);
    PERFORM wallet_private.check_text('query', p_query);
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    -- Each of the three reads at most v_limit along an index.
    RETURN QUERY
    SELECT (wallet_private.to_user(f)).*
    FROM (
        (
            SELECT u.* FROM wallet_private.user_account AS u
            WHERE lower(u.name COLLATE "C") >= lower(p_query COLLATE "C")
                AND lower(u.name COLLATE "C") < lower(v_beyond COLLATE "C")
            ORDER BY lower(u.name COLLATE "C")
            LIMIT v_limit
        )
        UNION
        (
            SELECT u.* FROM wallet_private.user_account AS u
            WHERE lower(u.email COLLATE "C") >= lower(p_query COLLATE "C")
                AND lower(u.email COLLATE "C") < lower(v_beyond COLLATE "C")
            ORDER BY lower(u.email COLLATE "C")
            LIMIT v_limit
        )
        UNION
        (
            SELECT u.* FROM wallet_private.user_account AS u
            WHERE u.external_id >= p_query AND u.external_id < v_beyond
            ORDER BY u.external_id
            LIMIT v_limit
        )
    ) AS f
    ORDER BY lower(f.name COLLATE "C"), f.user_id
    LIMIT v_limit;
END
$$;

COMMENT ON FUNCTION wallet.search_users(text, integer) IS
'Finds users whose name, email address (both A to Z in either case) or external id begins with a
text. wallet.find_user finds the one who has a whole address or id.
Returns: wallet.user for each, by name and those without one last, at most p_limit (1 to 200).
Locks: nothing.
Raises: WA101 WA106 WA109';
