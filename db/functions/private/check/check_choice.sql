CREATE OR REPLACE FUNCTION wallet_private.check_choice(
    p_name text, p_value text, p_choices text[]
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    IF p_value <> ALL (p_choices) THEN
        RAISE EXCEPTION 'a value is not one of the known ones'
            USING ERRCODE = 'WA110',
                DETAIL = format(
                    '%s is %s; it can be %s.', p_name, left(quote_literal(p_value), 40),
                    array_to_string(p_choices, ', ')
                ),
                HINT = 'Mind the case.';
    END IF;
END
$$;
