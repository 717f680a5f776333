CREATE OR REPLACE FUNCTION wallet_private.refuse_limit(
    p_limit wallet_private.limit_rule,
    p_transfer wallet_private.transfer,
    p_period bigint,
    p_used numeric,
    p_use numeric
) RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- p_used is what would have been used with this transfer, which needs p_use of it.
DECLARE
    v_remaining numeric := greatest(p_limit.maximum - p_used + p_use, 0);
    v_more_at timestamptz := wallet_private.more_at(p_limit, p_transfer.user_id, p_period);
BEGIN
    RAISE EXCEPTION 'a limit is reached'
        USING ERRCODE = 'WA412',
            DETAIL = format(
                'Limit %s allows %s %s %s: %s is left, %s is needed.', p_limit.code,
                p_limit.maximum,
                CASE p_limit.measure
                    WHEN 'count' THEN 'movements'
                    ELSE wallet_private.asset_code(p_limit.asset_id)
                END,
                coalesce(
                    'a ' || p_limit.period,
                    format('in %s seconds', EXTRACT(EPOCH FROM p_limit.rolling)::bigint)
                ),
                v_remaining, p_use
            ),
            HINT = CASE
                WHEN p_use > p_limit.maximum
                    THEN format('It is never more than %s.', p_limit.maximum)
                ELSE format(
                    'More is left in %s seconds, on %s.',
                    greatest(ceil(EXTRACT(EPOCH FROM v_more_at - p_transfer.created_at)), 1),
                    to_char(v_more_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                )
            END;
END
$$;
