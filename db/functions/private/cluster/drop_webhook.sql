CREATE OR REPLACE FUNCTION wallet_private.drop_webhook(p_subscription text) RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- Takes back what was made in this partition before another one failed.
    DELETE FROM wallet_private.webhook AS w
    USING wallet_private.subscription AS s
    WHERE s.subscription_id = w.subscription_id AND s.code = p_subscription
$$;
