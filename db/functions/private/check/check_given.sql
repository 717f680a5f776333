CREATE OR REPLACE FUNCTION wallet_private.check_given(p_name text, p_value anyelement) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    IF p_value IS NULL THEN
        RAISE EXCEPTION 'an argument is missing'
            USING ERRCODE = 'WA101',
                DETAIL = format('%s is missing.', p_name),
                HINT = 'Give it a value; null counts as none.';
    END IF;
END
$$;
