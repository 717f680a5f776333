CREATE OR REPLACE FUNCTION wallet_private.add_user(
    p_external_id text,
    p_name text,
    p_email text,
    p_phone text,
    p_role text,
    p_password_hash text
) RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_user wallet_private.user_account;
BEGIN
    PERFORM wallet_private.check_text('external_id', p_external_id);
    PERFORM wallet_private.check_text('name', p_name);
    PERFORM wallet_private.check_text('email', p_email);
    PERFORM wallet_private.check_text('phone', p_phone, 32);
    PERFORM wallet_private.check_text('password_hash', p_password_hash);
    PERFORM wallet_private.check_given('role', p_role);
    PERFORM wallet_private.check_choice('role', p_role, '{user,service,admin}');
    IF p_email !~ '^[^@\s]+@[^@\s]+$' OR p_phone !~ '^\+?[0-9][0-9 ()./-]*$' THEN
        RAISE EXCEPTION 'an email address or phone number is malformed'
            USING ERRCODE = 'WA113',
                DETAIL = 'An address has one @; a number has digits and may begin with +.',
                HINT = 'Ask the user to type it again.';
    END IF;

    INSERT INTO wallet_private.user_account (user_id, external_id, name, email, phone, role)
    VALUES (gen_random_uuid(), p_external_id, p_name, p_email, p_phone, p_role)
    ON CONFLICT DO NOTHING
    RETURNING * INTO v_user;
    IF NOT FOUND THEN
        PERFORM FROM wallet_private.user_account AS u WHERE lower(u.email) = lower(p_email);
        IF FOUND THEN
            RAISE EXCEPTION 'the email address is taken'
                USING ERRCODE = 'WA302',
                    DETAIL = 'Another account has this email address.',
                    HINT = 'Log in with it instead.';
        END IF;
        RAISE EXCEPTION 'the external id is taken'
            USING ERRCODE = 'WA303',
                DETAIL = format('A user has the external id %s already.', p_external_id),
                HINT = 'wallet.find_user finds that user.';
    END IF;
    IF p_password_hash IS NOT NULL THEN
        INSERT INTO wallet_private.credential (user_id, password_hash)
        VALUES (v_user.user_id, p_password_hash);
    END IF;
    PERFORM wallet_private.open_wallets(v_user.user_id);
    RETURN wallet_private.to_user(v_user);
END
$$;
