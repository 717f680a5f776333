CREATE OR REPLACE FUNCTION wallet_private.check_threshold(
    p_threshold numeric, p_margin numeric, p_is_share boolean
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
DECLARE
    v_most numeric := CASE WHEN p_is_share THEN 1 ELSE 1000000000000000 END;
BEGIN
    PERFORM wallet_private.check_range('threshold', p_threshold, 0, v_most);
    PERFORM wallet_private.check_range('margin', p_margin, 0, v_most);
END
$$;
