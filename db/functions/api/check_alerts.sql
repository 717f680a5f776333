CREATE OR REPLACE FUNCTION wallet.check_alerts(p_limit integer DEFAULT 10000)
RETURNS wallet.alert_check
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_limit integer := coalesce(p_limit, 10000);
    v_feed wallet_private.alert_feed;
    v_last_seq bigint;
    v_moved wallet_private.transfer[];
    v_step record;
    v_alert wallet_private.alert;
    v_result wallet.alert_check := ROW(0, 0, true);
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 100000);

    -- 1. Lock: one looks at a time. Where there are no alerts, nothing is written.
    IF NOT EXISTS (SELECT FROM wallet_private.alert) THEN
        RETURN v_result;
    END IF;
    UPDATE wallet_private.alert_feed AS f SET feed_position = f.feed_position
    RETURNING f.* INTO v_feed;

    -- 2. What has moved since. What is raised now stands in the feed where this transaction does,
    -- and never before what was raised earlier.
    v_feed.feed_position := greatest(
        txid_current() + (
            SELECT wallet_private.feed_base(min(a.asset_id)) FROM wallet_private.alert AS a
        ),
        v_feed.feed_position
    );
    v_moved := ARRAY(SELECT f FROM wallet_private.scan_feed(v_feed.place, v_limit) AS f);
    v_result.transfers := cardinality(v_moved);
    v_result.is_last := v_result.transfers < v_limit;

    -- 3. Values that cross a threshold, or come back, one after the other.
    SELECT coalesce(max(e.seq), 0) INTO v_last_seq FROM wallet_private.alert_event AS e;
    FOR v_step IN SELECT s.* FROM wallet_private.alert_steps(v_moved) AS s LOOP
        IF v_step.is_crossing THEN
            INSERT INTO wallet_private.alert_crossing (alert_id, user_id)
            VALUES (v_step.alert_id, v_step.user_id)
            ON CONFLICT (alert_id, user_id) DO NOTHING;
            IF FOUND THEN
                INSERT INTO wallet_private.alert_event (
                    feed_position, alert, user_id, asset_id, value, details
                )
                SELECT
                    v_feed.feed_position, a.code, v_step.user_id, a.asset_id, v_step.value,
                    jsonb_strip_nulls(jsonb_build_object(
                        'measure', a.measure, 'direction', a.direction,
                        'threshold', trim_scale(v_step.threshold)::text,
                        'transaction_id', v_step.transaction_id::uuid,
                        'campaign', (
                            SELECT c.code FROM wallet_private.campaign AS c
                            WHERE c.campaign_id = a.campaign_id
                        )
                    ))
                FROM wallet_private.alert AS a WHERE a.alert_id = v_step.alert_id;
            END IF;
        ELSIF NOT v_step.is_crossing THEN
            DELETE FROM wallet_private.alert_crossing AS x
            WHERE x.alert_id = v_step.alert_id AND x.user_id = v_step.user_id;
        END IF;
        IF v_step.is_last THEN
            UPDATE wallet_private.alert AS a
            SET value = v_step.value, outstanding = v_step.outstanding
            WHERE a.alert_id = v_step.alert_id
                AND (a.value, a.outstanding)
                    IS DISTINCT FROM (v_step.value, v_step.outstanding);
        END IF;
    END LOOP;

    -- 4. Lots about to expire.
    FOR v_alert IN
        SELECT a.* FROM wallet_private.alert AS a
        WHERE a.measure = 'expiring' ORDER BY a.alert_id
    LOOP
        v_result.is_last := v_limit > wallet_private.warn_of_expiry(
            v_alert, v_moved, v_feed.feed_position, v_limit
        ) AND v_result.is_last;
    END LOOP;

    -- 5. Go on from here.
    SELECT count(*) INTO v_result.alerts
    FROM wallet_private.alert_event AS e WHERE e.seq > v_last_seq;
    IF v_result.transfers > 0 OR v_result.alerts > 0 THEN
        UPDATE wallet_private.alert_feed AS f
        SET place = CASE
                WHEN v_result.transfers > 0 THEN ROW(
                    v_moved[v_result.transfers].feed_position,
                    v_moved[v_result.transfers].user_id,
                    v_moved[v_result.transfers].asset_id,
                    v_moved[v_result.transfers].seq
                )::wallet_private.feed_place
                ELSE f.place
            END,
            feed_position = v_feed.feed_position;
    END IF;
    RETURN v_result;
END
$$;

COMMENT ON FUNCTION wallet.check_alerts(integer) IS
'Looks whether alerts are to be raised: by the transfers since the last look, p_limit (1 to 100000)
at most, and by what caps, budgets and lots are now. pgwallet deliver calls it every second; without
that, call it by pg_cron or by hand. Several at once raise nothing twice: one looks, the others wait
for it. If its transaction does not commit, the next one looks at the same again.
Returns: wallet.alert_check: how many alerts it raised, how many transfers it looked at, and whether
there was no more to look at.
Locks: its own row of how far it is.
Raises: WA109';
