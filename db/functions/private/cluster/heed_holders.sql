CREATE OR REPLACE FUNCTION wallet_private.heed_holders(p_user_ids uuid[]) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Users were to be made by names that these had, and have been refused for that. One who is erased
-- by now has refused nobody: then nobody is made here, and the proxy claims the name.
BEGIN
    PERFORM FROM wallet_private.user_account AS u
    WHERE u.user_id = ANY (p_user_ids) AND u.status = 'erased';
    IF FOUND THEN
        RAISE EXCEPTION 'this try is taken back'
            USING ERRCODE = 'WA901',
                DETAIL = 'Who had the name is erased.',
                HINT = 'Claim it once more.';
    END IF;
END
$$;
