CREATE OR REPLACE FUNCTION wallet_private.refuse_erasure(p_detail text) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION 'the user can''t be erased yet'
        USING ERRCODE = 'WA350',
            DETAIL = p_detail,
            HINT = 'Release open holds, and take what is left with wallet.adjust. wallet.verify '
                'says what is wrong with the books.';
END
$$;
