CREATE OR REPLACE FUNCTION wallet_private.check_duration(p_name text, p_duration interval)
RETURNS interval
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Returns it in seconds: how long a day or a month is depends on when and where.
DECLARE
    v_duration interval := make_interval(
        secs => EXTRACT(EPOCH FROM p_duration)::double precision
    );
BEGIN
    PERFORM wallet_private.check_range(p_name, v_duration, '1 second', '3660 days');
    RETURN v_duration;
END
$$;
