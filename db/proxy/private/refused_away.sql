CREATE OR REPLACE FUNCTION wallet_private.refused_away(p_ord integer, p_why text)
RETURNS wallet.batch_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- wallet_private.refuse_away as a result.
DECLARE
    v_result wallet.batch_result;
BEGIN
    v_result.ord := p_ord;
    PERFORM wallet_private.refuse_away(p_why);
EXCEPTION
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS
            v_result.code = RETURNED_SQLSTATE,
            v_result.message = MESSAGE_TEXT,
            v_result.detail = PG_EXCEPTION_DETAIL,
            v_result.hint = PG_EXCEPTION_HINT;
        RETURN v_result;
END
$$;
