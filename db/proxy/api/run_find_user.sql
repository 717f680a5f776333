CREATE OR REPLACE FUNCTION wallet_private.run_find_user(p_query text)
RETURNS SETOF wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_users uuid[] := ARRAY[
        wallet_private.find_user_id('external_id', p_query),
        wallet_private.find_user_id('email', lower(p_query)),
        CASE
            WHEN p_query ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN p_query::uuid
        END
    ];
BEGIN
    -- Where nobody has it, nobody is found; and there it is refused if it is no query.
    RETURN QUERY
    SELECT f.*
    FROM (
        SELECT DISTINCT wallet_private.place(u.user_id) AS place FROM unnest(v_users) AS u (user_id)
    ) AS p
    CROSS JOIN LATERAL wallet_private.find_user(p.place, p_query) AS f
    ORDER BY f.created_at;
END
$$;
