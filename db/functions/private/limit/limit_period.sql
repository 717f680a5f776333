CREATE OR REPLACE FUNCTION wallet_private.limit_period(
    p_limit wallet_private.limit_rule, p_at timestamptz
) RETURNS bigint
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The number of the period in which a limit counts what happens at an instant: the days since
    -- 1970. A rolling limit numbers hundredths of what it looks back on.
    SELECT CASE
        WHEN p_limit.rolling IS NULL
            THEN wallet_private.local_period(p_limit.period, p_limit.time_zone, p_at)
                - date '1970-01-01'
        ELSE floor(EXTRACT(EPOCH FROM p_at) * 100 / EXTRACT(EPOCH FROM p_limit.rolling))::bigint
    END
$$;
