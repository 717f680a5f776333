CREATE OR REPLACE FUNCTION wallet_private.local_period(
    p_period text, p_time_zone text, p_at timestamptz
) RETURNS date
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The calendar period (day, week, month) of an instant, by its first day as the calendar of the
    -- zone names it. So a day is one day, whether the clocks there make it of 23, 24 or 25 hours.
    SELECT date_trunc(p_period, p_at AT TIME ZONE p_time_zone)::date
$$;
