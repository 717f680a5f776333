CREATE OR REPLACE FUNCTION wallet_private.check_text(
    p_name text, p_value text, p_max_length integer DEFAULT 255
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    IF NOT wallet_private.is_text(p_value, p_max_length) THEN
        RAISE EXCEPTION 'a text is malformed'
            USING ERRCODE = 'WA106',
                DETAIL = format(
                    '%s has to have 1 to %s characters, none a control character; it has %s.',
                    p_name, p_max_length, length(p_value)
                ),
                HINT = 'Shorten it, or take line breaks and tabs out.';
    END IF;
END
$$;
