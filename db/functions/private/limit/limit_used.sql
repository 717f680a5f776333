CREATE OR REPLACE FUNCTION wallet_private.limit_used(
    p_limit wallet_private.limit_rule, p_user_id uuid, p_period bigint
) RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What a user has used of a limit, for who is in this period. A rolling limit looks back on a
    -- hundred periods before it: so what was used counts for the whole time, and up to a hundredth
    -- of it longer.
    SELECT coalesce(sum(u.used), 0)
    FROM wallet_private.limit_use AS u
    WHERE u.user_id = p_user_id AND u.limit_id = p_limit.limit_id
        AND u.period BETWEEN wallet_private.first_period(p_limit, p_period) AND p_period
$$;
