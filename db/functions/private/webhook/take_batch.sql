CREATE OR REPLACE FUNCTION wallet_private.take_batch(p_subscription_id integer, p_limit integer)
RETURNS wallet.webhook_batch
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_lease CONSTANT interval := '1 minute';
    v_most_waiting CONSTANT integer := 10000;
    v_now timestamptz := clock_timestamp();
    v_claim uuid := gen_random_uuid();
    v_webhook wallet_private.webhook;
    v_subscription wallet_private.subscription;
    v_events wallet.event[];
    v_page wallet.event_page;
    v_new wallet.event[] := '{}';
BEGIN
    -- Whoever else takes or settles here waits for this row, and looks at it anew. A receiver that
    -- was away is tried with one event, and nobody else asks it meanwhile.
    UPDATE wallet_private.webhook AS w
    SET taken_at = v_now,
        rests_until = CASE WHEN w.failures > 0 THEN v_now + v_lease END
    WHERE w.subscription_id = p_subscription_id
        AND w.status = 'active'
        AND coalesce(w.rests_until, '-infinity') <= v_now
    RETURNING * INTO v_webhook;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT s.* INTO v_subscription
    FROM wallet_private.subscription AS s WHERE s.subscription_id = p_subscription_id;
    IF v_webhook.failures > 0 THEN
        p_limit := 1;
    END IF;

    -- What is to be tried again.
    WITH taken AS (
        UPDATE wallet_private.webhook_event AS e
        SET claim = v_claim, claimed_until = v_now + v_lease
        FROM wallet_private.due_events(v_webhook, p_limit) AS d
        WHERE e.subscription_id = d.subscription_id AND e.user_id = d.user_id
            AND e.asset_id = d.asset_id AND e.seq = d.seq
        RETURNING e.user_id, e.asset_id, e.seq
    )
    SELECT coalesce(array_agg(
        wallet_private.to_event(t, a.code, NULL) ORDER BY t.user_id, t.asset_id, t.seq
    ), '{}') INTO v_events
    FROM taken AS k
    INNER JOIN wallet_private.transfer AS t
        ON t.user_id = k.user_id AND t.asset_id = k.asset_id AND t.seq = k.seq
    INNER JOIN wallet_private.asset AS a ON a.asset_id = t.asset_id;

    -- Then new ones, unless somebody is at that already or too much has been put aside. One whose
    -- wallet has an event waiting waits behind it.
    IF cardinality(v_events) < p_limit
        AND coalesce(v_webhook.claimed_until, '-infinity') <= v_now
        AND v_most_waiting > (
            SELECT count(*) FROM wallet_private.webhook_event AS e
            WHERE e.subscription_id = p_subscription_id AND e.next_try_at IS NOT NULL
        ) THEN
        v_page := wallet.read_events(v_subscription.code, p_limit - cardinality(v_events));
        v_new := v_page.events;
        IF v_webhook.is_ordered THEN
            INSERT INTO wallet_private.webhook_event (
                subscription_id, user_id, asset_id, seq, tries, next_try_at
            )
            SELECT p_subscription_id, n.user_id, a.asset_id, n.seq, 0, v_now
            FROM unnest(v_new) AS n
            INNER JOIN wallet_private.asset AS a ON a.code = n.asset
            WHERE EXISTS (
                SELECT FROM wallet_private.webhook_event AS e
                WHERE e.subscription_id = p_subscription_id AND e.user_id = n.user_id
                    AND e.asset_id = a.asset_id AND e.next_try_at IS NOT NULL
            )
            ON CONFLICT (subscription_id, user_id, asset_id, seq) DO NOTHING;
            v_new := ARRAY(
                SELECT n
                FROM unnest(v_new) AS n
                INNER JOIN wallet_private.asset AS a ON a.code = n.asset
                WHERE NOT EXISTS (
                    SELECT FROM wallet_private.webhook_event AS e
                    WHERE e.subscription_id = p_subscription_id AND e.user_id = n.user_id
                        AND e.asset_id = a.asset_id AND e.next_try_at IS NOT NULL
                )
                ORDER BY n.created_at
            );
        END IF;
        v_subscription.place := wallet_private.read_event_cursor(
            v_subscription, v_page.next_cursor
        );
        IF cardinality(v_new) > 0 THEN
            UPDATE wallet_private.webhook AS w
            SET claim = v_claim,
                claimed_until = v_now + v_lease,
                claimed_place = v_subscription.place,
                claimed_events = cardinality(v_new)
            WHERE w.subscription_id = p_subscription_id;
        ELSE
            PERFORM wallet.acknowledge_events(v_subscription.code, v_page.next_cursor);
        END IF;
    END IF;
    RETURN ROW(
        v_subscription.code, v_claim, v_lease, v_webhook.url,
        array_remove(ARRAY[
            v_webhook.secret,
            CASE WHEN v_webhook.old_secret_until > v_now THEN v_webhook.old_secret END
        ], NULL),
        v_webhook.is_ordered, v_events || v_new
    )::wallet.webhook_batch;
END
$$;
