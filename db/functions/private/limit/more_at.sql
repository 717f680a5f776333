CREATE OR REPLACE FUNCTION wallet_private.more_at(
    p_limit wallet_private.limit_rule, p_user_id uuid, p_period bigint
) RETURNS timestamptz
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The instant from which on a limit leaves more to a user who is in this period. NULL if
    -- nothing of it is used.
    SELECT CASE
        WHEN p_limit.rolling IS NULL
            THEN wallet_private.period_end(
                p_limit.period, p_limit.time_zone, date '1970-01-01' + min(u.period)::integer
            )
        ELSE wallet_private.to_instant(
            ((min(u.period) + 101) * EXTRACT(EPOCH FROM p_limit.rolling) / 100)::text
        )
    END
    FROM wallet_private.limit_use AS u
    WHERE u.user_id = p_user_id AND u.limit_id = p_limit.limit_id AND u.used > 0
        AND u.period BETWEEN wallet_private.first_period(p_limit, p_period) AND p_period
$$;
