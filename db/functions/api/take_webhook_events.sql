CREATE OR REPLACE FUNCTION wallet.take_webhook_events(p_limit integer DEFAULT 100)
RETURNS SETOF wallet.webhook_batch
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_limit integer := coalesce(p_limit, 100);
    v_subscription_id integer;
    v_batch wallet.webhook_batch;
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 1000);

    -- What nobody has looked at for the longest time comes first. Looking writes nothing.
    FOR v_subscription_id IN
        SELECT w.subscription_id
        FROM wallet_private.webhook AS w
        INNER JOIN wallet_private.subscription AS s ON s.subscription_id = w.subscription_id
        WHERE w.status = 'active'
            AND coalesce(w.rest_ends_at, '-infinity') <= clock_timestamp()
            AND (
                EXISTS (SELECT FROM wallet_private.due_events(w, 1))
                OR (
                    coalesce(w.claim_ends_at, '-infinity') <= clock_timestamp()
                    AND (
                        EXISTS (SELECT FROM wallet_private.scan_feed(s.place, 1))
                        OR EXISTS (SELECT FROM wallet_private.scan_alerts(s, s.place, 1))
                    )
                )
            )
        ORDER BY w.taken_at NULLS FIRST, w.subscription_id
    LOOP
        v_batch := wallet_private.take_batch(v_subscription_id, v_limit);
        IF cardinality(v_batch.events) > 0 THEN
            RETURN NEXT v_batch;
            RETURN;
        END IF;
    END LOOP;
END
$$;

COMMENT ON FUNCTION wallet.take_webhook_events(integer) IS
'For pgwallet deliver: events of one webhook to send now, the ones to be tried again and new ones.
Nobody else gets them for the lease, within which wallet.settle_webhook_events has to say what came
of them; else they are sent again. The events of a wallet have to be sent one after the other.
Returns: wallet.webhook_batch of at most p_limit (1 to 1000) events, or nothing.
Locks: a webhook, then its events.
Raises: WA109';
