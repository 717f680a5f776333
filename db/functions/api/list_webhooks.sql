CREATE OR REPLACE FUNCTION wallet.list_webhooks() RETURNS SETOF wallet.webhook
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.*
    FROM wallet_private.webhook AS w
    CROSS JOIN LATERAL wallet_private.to_webhook(w) AS t
    ORDER BY t.subscription
$$;

COMMENT ON FUNCTION wallet.list_webhooks() IS
'All webhooks by subscription, without their secrets: how many events wait for another try, how many
are parked, and of when the oldest movement is that has not arrived and is not parked (NULL = there
is none).
Returns: wallet.webhook for each.
Locks: nothing.
Raises: nothing.';
