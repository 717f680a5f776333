CREATE OR REPLACE FUNCTION wallet.acknowledge_events(p_subscription text, p_cursor text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_subscription wallet_private.subscription;
    v_place wallet_private.feed_place;
BEGIN
    v_subscription := wallet_private.find_subscription(p_subscription);
    PERFORM wallet_private.check_given('cursor', p_cursor);
    v_place := wallet_private.read_event_cursor(v_subscription, p_cursor);
    UPDATE wallet_private.subscription AS s
    SET place = v_place, acknowledged_at = clock_timestamp()
    WHERE s.subscription_id = v_subscription.subscription_id AND s.place < v_place;
END
$$;

COMMENT ON FUNCTION wallet.acknowledge_events(text, text) IS
'Says that all events up to a cursor have arrived: from there on wallet.read_events goes on by
itself. A cursor before that changes nothing.
Returns: nothing.
Locks: the subscription.
Raises: WA101 WA108 WA220 WA320';
