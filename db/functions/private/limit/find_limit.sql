CREATE OR REPLACE FUNCTION wallet_private.find_limit(p_limit_id bigint)
RETURNS wallet_private.limit_rule
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
DECLARE
    v_limit wallet_private.limit_rule;
BEGIN
    PERFORM wallet_private.check_given('limit_id', p_limit_id);
    SELECT r.* INTO v_limit FROM wallet_private.limit_rule AS r WHERE r.limit_id = p_limit_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'limit not found'
            USING ERRCODE = 'WA231',
                DETAIL = format('There is no limit %s.', p_limit_id),
                HINT = 'wallet.list_limits() lists them.';
    END IF;
    RETURN v_limit;
END
$$;
