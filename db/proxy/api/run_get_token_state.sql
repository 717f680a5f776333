CREATE OR REPLACE FUNCTION wallet_private.run_get_token_state(p_user_id uuid, p_external_id text)
RETURNS SETOF wallet.token_state
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_users uuid[] := ARRAY[
        p_user_id, wallet_private.find_user_id('external_id', p_external_id)
    ];
BEGIN
    RETURN QUERY
    SELECT s.*
    FROM (
        SELECT DISTINCT wallet_private.place(u.user_id) AS place
        FROM unnest(v_users) AS u (user_id)
        WHERE u.user_id IS NOT NULL
    ) AS p
    CROSS JOIN LATERAL wallet_private.get_token_state(p.place, p_user_id, p_external_id) AS s;
END
$$;
