CREATE OR REPLACE FUNCTION wallet_private.lock_alerts() RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Nobody looks at the alerts until this transaction has ended.
    UPDATE wallet_private.alert_feed AS f SET feed_position = f.feed_position
$$;
