CREATE OR REPLACE FUNCTION wallet_private.find_hold(p_user_id uuid, p_hold_id uuid)
RETURNS wallet_private.hold
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_hold wallet_private.hold;
BEGIN
    PERFORM wallet_private.check_given('hold_id', p_hold_id);
    SELECT h.* INTO v_hold FROM wallet_private.hold AS h
    WHERE h.user_id = p_user_id AND h.hold_id = p_hold_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'hold not found'
            USING ERRCODE = 'WA205',
                DETAIL = format('User %s has no hold %s.', p_user_id, p_hold_id),
                HINT = 'wallet.list_holds lists a user''s holds.';
    END IF;
    RETURN v_hold;
END
$$;
