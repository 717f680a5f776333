CREATE OR REPLACE FUNCTION wallet_private.refuse_code(p_what text, p_code text) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION 'the code is taken'
        USING ERRCODE = 'WA304',
            DETAIL = format('There is %s %s already.', p_what, p_code),
            HINT = 'Change that one, or take another code.';
END
$$;
