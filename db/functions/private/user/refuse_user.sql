CREATE OR REPLACE FUNCTION wallet_private.refuse_user(p_external_id text, p_email text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Says why an account was not made: another one has its email address or its external id.
BEGIN
    PERFORM FROM wallet_private.user_account AS u
    WHERE lower(u.email COLLATE "C") = lower(p_email COLLATE "C");
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
END
$$;
