CREATE OR REPLACE FUNCTION wallet_private.check_active(
    p_what text, p_code text, p_is_active boolean
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    IF NOT p_is_active THEN
        RAISE EXCEPTION 'the asset, task or item is closed'
            USING ERRCODE = 'WA503',
                DETAIL = format('%s %s is closed.', p_what, p_code),
                HINT = 'Offer only what the lists show as active.';
    END IF;
END
$$;
