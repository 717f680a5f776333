CREATE OR REPLACE FUNCTION wallet_private.to_instant(p_epoch text) RETURNS timestamptz
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Seconds since 1970, exact to the microsecond (to_timestamp rounds).
    SELECT timestamptz '1970-01-01 00:00:00+00'
        + (p_epoch::numeric * 1000000)::bigint * interval '1 microsecond'
$$;
