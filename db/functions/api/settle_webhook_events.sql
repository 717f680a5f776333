CREATE OR REPLACE FUNCTION wallet.settle_webhook_events(
    p_subscription text, p_claim uuid, p_results wallet.webhook_result[]
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_webhook wallet_private.webhook := wallet_private.find_webhook(p_subscription);
    v_old bigint;
    v_is_gone boolean;
    v_is_there boolean;  -- the receiver answered, and not that it is too much for it
    v_is_slow boolean;
    v_retry_after integer;
BEGIN
    PERFORM wallet_private.check_given('claim', p_claim);
    PERFORM wallet_private.check_given('results', p_results);
    PERFORM
        wallet_private.check_given('outcome', r.outcome),
        wallet_private.check_choice('outcome', r.outcome, '{sent,failed,waiting,sending}')
    FROM unnest(p_results) AS r;

    -- 1. Lock: whoever else takes or settles here waits for this row.
    UPDATE wallet_private.webhook AS w SET taken_at = w.taken_at
    WHERE w.subscription_id = v_webhook.subscription_id
    RETURNING * INTO v_webhook;

    -- 2. Those that were tried before. What is no longer ours was taken by somebody else.
    SELECT count(*) INTO v_old
    FROM unnest(p_results) AS r
    INNER JOIN wallet_private.asset AS a ON a.code = r.asset
    INNER JOIN wallet_private.webhook_event AS e
        ON e.subscription_id = v_webhook.subscription_id AND e.user_id = r.user_id
        AND e.asset_id = a.asset_id AND e.seq = r.seq AND e.claim = p_claim;
    DELETE FROM wallet_private.webhook_event AS e
    USING unnest(p_results) AS r
    INNER JOIN wallet_private.asset AS a ON a.code = r.asset
    WHERE r.outcome = 'sent'
        AND e.subscription_id = v_webhook.subscription_id AND e.user_id = r.user_id
        AND e.asset_id = a.asset_id AND e.seq = r.seq AND e.claim = p_claim;
    UPDATE wallet_private.webhook_event AS e
    SET tries = e.tries + 1,
        next_try_at = v_now + wallet_private.retry_delay(e.tries + 1, r.retry_after),
        tried_at = v_now,
        status_code = r.status_code,
        error = left(r.error, 500),
        claim = NULL,
        claim_ends_at = NULL
    FROM unnest(p_results) AS r
    INNER JOIN wallet_private.asset AS a ON a.code = r.asset
    WHERE r.outcome = 'failed'
        AND e.subscription_id = v_webhook.subscription_id AND e.user_id = r.user_id
        AND e.asset_id = a.asset_id AND e.seq = r.seq AND e.claim = p_claim;
    UPDATE wallet_private.webhook_event AS e
    SET claim = NULL, claim_ends_at = NULL
    FROM unnest(p_results) AS r
    INNER JOIN wallet_private.asset AS a ON a.code = r.asset
    WHERE r.outcome = 'waiting'
        AND e.subscription_id = v_webhook.subscription_id AND e.user_id = r.user_id
        AND e.asset_id = a.asset_id AND e.seq = r.seq AND e.claim = p_claim;

    -- 3. New ones. All but those that have arrived get a row, and the subscription goes on behind
    -- them.
    IF v_webhook.claim = p_claim THEN
        IF cardinality(p_results) - v_old < v_webhook.claimed_events THEN
            RAISE EXCEPTION 'results are missing'
                USING ERRCODE = 'WA127',
                    DETAIL = format(
                        'Of %s new events there are %s results.', v_webhook.claimed_events,
                        cardinality(p_results) - v_old
                    ),
                    HINT = 'Give one for each event that was taken.';
        END IF;
        INSERT INTO wallet_private.webhook_event (
            subscription_id, user_id, asset_id, seq, tries, next_try_at, tried_at, status_code,
            error, claim, claim_ends_at
        )
        SELECT
            v_webhook.subscription_id, r.user_id, a.asset_id, r.seq,
            (r.outcome = 'failed')::integer,
            CASE r.outcome
                WHEN 'failed' THEN v_now + wallet_private.retry_delay(1, r.retry_after)
                ELSE v_now
            END,
            CASE r.outcome WHEN 'failed' THEN v_now END,
            r.status_code, left(r.error, 500),
            CASE r.outcome WHEN 'sending' THEN p_claim END,
            CASE r.outcome WHEN 'sending' THEN v_webhook.claim_ends_at END
        FROM unnest(p_results) AS r
        INNER JOIN wallet_private.asset AS a ON a.code = r.asset
        WHERE r.outcome <> 'sent'
        ON CONFLICT (subscription_id, user_id, asset_id, seq) DO NOTHING;
        UPDATE wallet_private.subscription AS s
        SET place = v_webhook.claimed_place, acknowledged_at = v_now
        WHERE s.subscription_id = v_webhook.subscription_id AND s.place < v_webhook.claimed_place;
    END IF;

    -- 4. How the receiver is.
    SELECT
        coalesce(bool_or(r.status_code = 410), false),
        coalesce(bool_or(r.status_code <> ALL ('{429,502,503,504}')), false),
        coalesce(bool_or(
            r.status_code = ANY ('{429,502,503,504}') OR r.retry_after IS NOT NULL
        ), false),
        max(r.retry_after)
    INTO v_is_gone, v_is_there, v_is_slow, v_retry_after
    FROM unnest(p_results) AS r
    WHERE r.outcome IN ('sent', 'failed');
    v_is_slow := v_is_slow OR NOT v_is_there AND EXISTS (
        SELECT FROM unnest(p_results) AS r WHERE r.outcome = 'failed'
    );
    UPDATE wallet_private.webhook AS w
    SET status = CASE WHEN v_is_gone AND w.status = 'active' THEN 'gone' ELSE w.status END,
        failures = CASE
            WHEN v_is_slow THEN w.failures + 1
            WHEN v_is_there THEN 0
            ELSE w.failures
        END,
        rest_ends_at = CASE
            WHEN v_is_slow THEN v_now + greatest(
                least(2 ^ least(w.failures, 6) * interval '5 seconds', interval '5 minutes'),
                wallet_private.to_pause(v_retry_after)
            )
            WHEN NOT v_is_there THEN w.rest_ends_at
        END,
        claim = nullif(w.claim, p_claim),
        claim_ends_at = CASE WHEN w.claim <> p_claim THEN w.claim_ends_at END
    WHERE w.subscription_id = v_webhook.subscription_id;
END
$$;

COMMENT ON FUNCTION wallet.settle_webhook_events(text, uuid, wallet.webhook_result[]) IS
'For pgwallet deliver: what came of events that wallet.take_webhook_events gave. sent: the receiver
has it. failed: it is tried again 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h after a try, and then
parked. waiting: it was not tried. sending: the answer is still to come, and settled by a later call.
A receiver that answers 429, 502, 503 or 504, or gives no answer, is left in peace for 5 s to 5 min,
or as long as it asks for, up to a day. One that answers 410 gets nothing more.
Returns: nothing.
Locks: the webhook, then its events, then the subscription.
Raises: WA101 WA110 WA127 WA220 WA225';
