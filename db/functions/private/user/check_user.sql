CREATE OR REPLACE FUNCTION wallet_private.check_user(
    p_external_id text, p_name text, p_email text, p_phone text
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    PERFORM wallet_private.check_text('external_id', p_external_id);
    PERFORM wallet_private.check_text('name', p_name);
    PERFORM wallet_private.check_text('email', p_email);
    PERFORM wallet_private.check_text('phone', p_phone, 32);
    IF NOT wallet_private.is_contact(p_email, p_phone) THEN
        RAISE EXCEPTION 'an email address or phone number is malformed'
            USING ERRCODE = 'WA113',
                DETAIL = 'An address has one @; a number has digits and may begin with +.',
                HINT = 'Ask the user to type it again.';
    END IF;
END
$$;
