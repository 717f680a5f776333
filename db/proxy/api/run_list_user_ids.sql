CREATE OR REPLACE FUNCTION wallet_private.run_list_user_ids(p_external_ids text[])
RETURNS SETOF wallet.user_key
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT u.name, u.user_id
    FROM wallet_private.find_user_ids('external_id', p_external_ids) AS u;
END
$$;
