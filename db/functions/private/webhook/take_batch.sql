CREATE OR REPLACE FUNCTION wallet_private.take_batch(p_subscription_id integer, p_limit integer)
RETURNS wallet.webhook_batch
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_lease interval := interval '1 minute';
    v_most_waiting integer := 10000;
    v_now timestamptz := clock_timestamp();
    v_claim uuid := wallet_private.new_user_id();  -- a proxy sees by it which partition it is of
    v_webhook wallet_private.webhook;
    v_subscription wallet_private.subscription;
    v_events wallet.event[];
    v_page wallet.event_page;
    v_new wallet.event[] := ARRAY[]::wallet.event[];
BEGIN
    -- Whoever else takes or settles here waits for this row, and looks at it anew.
    UPDATE wallet_private.webhook AS w SET taken_at = v_now
    WHERE w.subscription_id = p_subscription_id
        AND w.status = 'active'
        AND coalesce(w.rest_ends_at, '-infinity') <= v_now
    RETURNING * INTO v_webhook;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT s.* INTO v_subscription
    FROM wallet_private.subscription AS s WHERE s.subscription_id = p_subscription_id;
    -- A receiver that was away is tried with one event.
    IF v_webhook.failures > 0 THEN
        p_limit := 1;
    END IF;

    -- What is to be tried again.
    WITH taken AS (
        UPDATE wallet_private.webhook_event AS e
        SET claim = v_claim, claim_ends_at = v_now + v_lease
        FROM wallet_private.due_events(v_webhook, p_limit) AS d
        WHERE e.subscription_id = d.subscription_id AND e.user_id = d.user_id
            AND e.asset_id = d.asset_id AND e.seq = d.seq
        RETURNING e.user_id, e.asset_id, e.seq
    )
    SELECT coalesce(array_agg(
        CASE
            WHEN r.seq IS NULL THEN wallet_private.to_event(t, a.code, NULL)
            ELSE wallet_private.to_alert_event(r, a, NULL)
        END
        ORDER BY k.user_id, k.asset_id, k.seq
    ), '{}') INTO v_events
    FROM taken AS k
    INNER JOIN wallet_private.asset AS a ON a.asset_id = k.asset_id
    LEFT JOIN wallet_private.transfer AS t
        ON t.user_id = k.user_id AND t.asset_id = k.asset_id AND t.seq = k.seq
    LEFT JOIN wallet_private.alert_event AS r ON r.seq = k.seq;

    -- Then new ones, unless somebody is at that already or too much has been put aside.
    IF cardinality(v_events) < p_limit
        AND coalesce(v_webhook.claim_ends_at, '-infinity') <= v_now
        AND v_most_waiting > (
            SELECT count(*) FROM wallet_private.webhook_event AS e
            WHERE e.subscription_id = p_subscription_id AND e.next_try_at IS NOT NULL
        ) THEN
        -- Some pages are passed over of which nothing can be sent now.
        FOR v_pages IN 1..20 LOOP
            v_page := wallet.read_events(
                v_subscription.code, p_limit - cardinality(v_events), v_page.next_cursor
            );
            v_new := wallet_private.line_up(v_webhook, v_page.events);
            EXIT WHEN cardinality(v_new) > 0 OR v_page.is_last;
        END LOOP;
        IF cardinality(v_new) > 0 THEN
            UPDATE wallet_private.webhook AS w
            SET claim = v_claim,
                claim_ends_at = v_now + v_lease,
                claimed_place = wallet_private.read_event_cursor(
                    v_subscription, v_page.next_cursor
                ),
                claimed_events = cardinality(v_new)
            WHERE w.subscription_id = p_subscription_id;
        ELSE
            PERFORM wallet.acknowledge_events(v_subscription.code, v_page.next_cursor);
        END IF;
    END IF;

    -- A receiver that was away is asked by nobody else meanwhile.
    v_events := v_events || v_new;
    IF v_webhook.failures > 0 AND cardinality(v_events) > 0 THEN
        UPDATE wallet_private.webhook AS w SET rest_ends_at = v_now + v_lease
        WHERE w.subscription_id = p_subscription_id;
    END IF;
    RETURN ROW(
        v_subscription.code, v_claim, v_lease, v_webhook.url,
        array_remove(ARRAY[
            v_webhook.secret,
            CASE WHEN v_webhook.old_secret_ends_at > v_now THEN v_webhook.old_secret END
        ], NULL),
        v_webhook.is_ordered, v_events
    )::wallet.webhook_batch;
END
$$;
