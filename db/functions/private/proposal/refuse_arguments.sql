CREATE OR REPLACE FUNCTION wallet_private.refuse_arguments(p_function text, p_detail text)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION 'the arguments don''t fit the function'
        USING ERRCODE = 'WA130',
            DETAIL = p_detail,
            HINT = format('They are those of wallet.%s, without p_.', p_function);
END
$$;
