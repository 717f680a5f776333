CREATE OR REPLACE FUNCTION wallet_private.heed_receiver(
    p_subscription text, p_status text, p_failures integer, p_rest_ends_at timestamptz
) RETURNS boolean
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- What another partition has seen of a webhook's receiver, which is the same one: that it is
    -- gone, or wants to be left in peace.
    UPDATE wallet_private.webhook AS w
    SET status = CASE WHEN w.status = 'active' THEN p_status ELSE w.status END,
        failures = greatest(w.failures, p_failures),
        rest_ends_at = greatest(w.rest_ends_at, p_rest_ends_at)
    FROM wallet_private.subscription AS s
    WHERE s.subscription_id = w.subscription_id AND s.code = p_subscription
        AND (
            (w.status = 'active' AND p_status = 'gone')
            OR coalesce(w.rest_ends_at, '-infinity') < p_rest_ends_at
        )
    RETURNING true
$$;
