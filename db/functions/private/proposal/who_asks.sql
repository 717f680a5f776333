CREATE OR REPLACE FUNCTION wallet_private.who_asks(p_actor text) RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- The actor of a proposal or a decision. Nobody else's name may be used, so that nobody approves
-- what he has proposed. Only a login with the rights of the gateway speaks for others.
BEGIN
    PERFORM wallet_private.check_text('actor', p_actor);
    IF p_actor <> session_user AND NOT pg_has_role(session_user, 'wallet_gateway', 'USAGE') THEN
        RAISE EXCEPTION 'this login can''t speak for another'
            USING ERRCODE = 'WA418',
                DETAIL = format('%s is not %s.', session_user, quote_literal(p_actor)),
                HINT = 'Leave p_actor out, or log in as who you are.';
    END IF;
    RETURN coalesce(p_actor, session_user);
END
$$;
