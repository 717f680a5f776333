CREATE OR REPLACE FUNCTION wallet_private.wants_alerts(
    p_subscription wallet_private.subscription
) RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Whether it asks for alerts: those that it names, or all.
    SELECT p_subscription.alerts IS NOT NULL
        OR coalesce('ALERT' = ANY (p_subscription.kinds), false)
$$;
