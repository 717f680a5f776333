CREATE OR REPLACE FUNCTION wallet_private.find_user(p_user_id uuid)
RETURNS wallet_private.user_account
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
DECLARE
    v_user wallet_private.user_account;
BEGIN
    PERFORM wallet_private.check_given('user_id', p_user_id);
    SELECT u.* INTO v_user FROM wallet_private.user_account AS u WHERE u.user_id = p_user_id;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_unknown_user(p_user_id::text);
    END IF;
    RETURN v_user;
END
$$;
