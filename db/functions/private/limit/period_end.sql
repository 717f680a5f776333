CREATE OR REPLACE FUNCTION wallet_private.period_end(
    p_period text, p_time_zone text, p_start date
) RETURNS timestamptz
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The instant at which such a period ends.
    SELECT (p_start + ('1 ' || p_period)::interval) AT TIME ZONE p_time_zone
$$;
