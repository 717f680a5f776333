CREATE OR REPLACE FUNCTION wallet_private.refuse_away(p_why text) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION 'a partition is away'
        USING ERRCODE = 'WA601',
            DETAIL = format('A server can''t be reached: %s', p_why),
            HINT = 'Send the same request again later.';
END
$$;
