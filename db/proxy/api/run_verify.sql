CREATE OR REPLACE FUNCTION wallet_private.run_verify(p_user_id uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    IF p_user_id IS NULL THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify(NULL) AS f;
    ELSE
        RETURN QUERY
        SELECT f.* FROM wallet_private.verify(wallet_private.place(p_user_id), p_user_id) AS f;
    END IF;
END
$$;
