CREATE OR REPLACE FUNCTION wallet_private.first_period(
    p_limit wallet_private.limit_rule, p_period bigint
) RETURNS bigint
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The first of the periods that count together with this one, up to it.
    SELECT p_period - CASE WHEN p_limit.rolling IS NULL THEN 0 ELSE 100 END
$$;
