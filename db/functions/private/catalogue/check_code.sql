CREATE OR REPLACE FUNCTION wallet_private.check_code(
    p_code text, p_pattern text DEFAULT '^[A-Za-z][A-Za-z0-9_]{0,63}$'
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    PERFORM wallet_private.check_given('code', p_code);
    IF p_code !~ p_pattern THEN
        RAISE EXCEPTION 'a code is malformed'
            USING ERRCODE = 'WA114',
                DETAIL = format(
                    'Code %s does not match %s.', left(quote_literal(p_code), 40), p_pattern
                ),
                HINT = 'Begin with a letter; letters, digits and underscores may follow.';
    END IF;
END
$$;
