CREATE OR REPLACE FUNCTION wallet_private.refuse_unknown_user(p_user text) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION 'user not found'
        USING ERRCODE = 'WA201',
            DETAIL = format('There is no user %s.', p_user),
            HINT = 'wallet.find_user finds users by email or external id.';
END
$$;
