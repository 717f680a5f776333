CREATE OR REPLACE FUNCTION wallet_private.refuse_erased(p_user_id uuid) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Callers have locked a wallet of the user, or the account. So nobody erases the user meanwhile.
BEGIN
    PERFORM FROM wallet_private.user_account AS u
    WHERE u.user_id = p_user_id AND u.status = 'erased';
    IF FOUND THEN
        RAISE EXCEPTION 'the user is erased'
            USING ERRCODE = 'WA504',
                DETAIL = format('User %s was erased.', p_user_id),
                HINT = 'That is for good. The person can sign up again, as a new user.';
    END IF;
END
$$;
