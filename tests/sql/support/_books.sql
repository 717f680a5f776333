-- What _economy.sql makes, and what tests of holds, reversals, lists and proofs need beyond it:
-- pg_temp.message; pg_temp.let_pass, which moves all that has happened into the
-- past; and, for who would forge the books, pg_temp.unlock, pg_temp.lock and pg_temp.rechain.
\ir _economy.sql

-- The one message of each code, those of pg_temp.message_of among them.
CREATE FUNCTION pg_temp.message(p_code text) RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT coalesce(pg_temp.message_of(p_code), (
        SELECT m.message
        FROM (
            VALUES
            ('WA108', 'the cursor is malformed or of another query'),
            ('WA114', 'a code is malformed'),
            ('WA115', 'a user is named twice'),
            ('WA117', 'the transaction can''t be refunded'),
            ('WA118', 'a line is out of order'),
            ('WA125', 'a url is malformed'),
            ('WA126', 'a secret is malformed'),
            ('WA127', 'results are missing'),
            ('WA225', 'webhook not found'),
            ('WA205', 'hold not found'),
            ('WA130', 'the arguments don''t fit the function'),
            ('WA230', 'proposal not found'),
            ('WA415', 'a second operator has to approve this'),
            ('WA416', 'nobody approves their own proposal'),
            ('WA417', 'the proposal is no longer pending'),
            ('WA418', 'this login can''t speak for another'),
            ('WA231', 'limit not found'),
            ('WA116', 'the time zone is not known'),
            ('WA412', 'a limit is reached'),
            ('WA413', 'the user would hold too much'),
            ('WA206', 'transaction not found'),
            ('WA208', 'campaign not found'),
            ('WA220', 'subscription not found'),
            ('WA221', 'alert not found'),
            ('WA304', 'the code is taken'),
            ('WA307', 'the hold is closed'),
            ('WA308', 'the rates would let a round trip gain'),
            ('WA309', 'the transaction can''t be reversed'),
            ('WA320', 'the cursor is of another history'),
            ('WA321', 'the feed has no index'),
            ('WA340', 'the store has said something else'),
            ('WA351', 'the wallet has a history already'),
            ('WA322', 'the alert does not fit'),
            ('WA407', 'more than the hold has left'),
            ('WA408', 'more than is left to reverse'),
            ('WA409', 'users hold more than that'),
            ('WA410', 'the budget is used up'),
            ('WA411', 'more than that is granted'),
            ('WA414', 'the user is in debt')
        ) AS m (code, message)
        WHERE m.code = p_code
    ))
$$;

-- The append-only tables, without their triggers and with them again. Only a superuser or the owner
-- can do that.
CREATE PROCEDURE pg_temp.unlock()
LANGUAGE plpgsql
AS $$
DECLARE
    v_table regclass;
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    FOR v_table IN
        SELECT t.tgrelid FROM pg_trigger AS t
        WHERE t.tgfoid = 'wallet_private.refuse_change'::regproc
    LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', v_table);
    END LOOP;
    SET CONSTRAINTS ALL DEFERRED;
END
$$;
CREATE PROCEDURE pg_temp.lock()
LANGUAGE plpgsql
AS $$
DECLARE
    v_trigger pg_trigger;
BEGIN
    FOR v_trigger IN
        SELECT t.* FROM pg_trigger AS t WHERE t.tgfoid = 'wallet_private.refuse_change'::regproc
    LOOP
        EXECUTE format(
            'ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', v_trigger.tgrelid::regclass,
            v_trigger.tgname
        );
    END LOOP;
END
$$;

CREATE FUNCTION pg_temp.moment(p_lot jsonb, p_time interval) RETURNS jsonb
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE
        WHEN p_lot ? 'expires_at' THEN jsonb_build_object(
            'expires_at', (p_lot ->> 'expires_at')::numeric - EXTRACT(EPOCH FROM p_time)
        )
        ELSE '{}'
    END
$$;

-- What a transfer says of lots, with each expiry so much earlier.
CREATE FUNCTION pg_temp.earlier(p_said jsonb, p_time interval) RETURNS jsonb
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT p_said || coalesce(jsonb_object_agg(l.key, CASE jsonb_typeof(l.value)
        WHEN 'object' THEN l.value || pg_temp.moment(l.value, p_time)
        ELSE (
            SELECT jsonb_agg(e.use || pg_temp.moment(e.use, p_time) ORDER BY e.place)
            FROM jsonb_array_elements(l.value) WITH ORDINALITY AS e (use, place)
        )
    END), '{}')
    FROM jsonb_each(p_said) AS l
    WHERE l.key IN ('lot', 'lots')
$$;

-- Computes each hash of the ledger anew, as one could who knows how.
CREATE PROCEDURE pg_temp.rechain()
LANGUAGE plpgsql
AS $$
DECLARE
    v_transfer wallet_private.transfer;
    v_hash bytea;
BEGIN
    FOR v_transfer IN
        SELECT t.* FROM wallet_private.transfer AS t ORDER BY t.user_id, t.asset_id, t.seq
    LOOP
        v_hash := wallet_private.sealed_hash(
            CASE v_transfer.seq WHEN 1 THEN '' ELSE v_hash END,
            v_transfer.user_id, v_transfer.asset_id, v_transfer.seq, v_transfer.transaction_id,
            v_transfer.leg, v_transfer.kind, v_transfer.amount, v_transfer.balance_after,
            v_transfer.counterparty, v_transfer.idempotency_key, v_transfer.reference,
            v_transfer.details, v_transfer.metadata, v_transfer.actor, v_transfer.created_at,
            v_transfer.seal
        );
        UPDATE wallet_private.transfer AS t SET hash = v_hash
        WHERE
            t.user_id = v_transfer.user_id AND t.asset_id = v_transfer.asset_id
            AND t.seq = v_transfer.seq;
        UPDATE wallet_private.wallet AS w SET head = v_hash
        WHERE w.user_id = v_transfer.user_id AND w.asset_id = v_transfer.asset_id;
    END LOOP;
END
$$;

-- How many periods of a limit a time has.
CREATE FUNCTION pg_temp.periods(p_limit_id bigint, p_time interval) RETURNS bigint
LANGUAGE sql
STABLE
AS $$
    SELECT (
        EXTRACT(EPOCH FROM p_time) / coalesce(EXTRACT(EPOCH FROM r.rolling) / 100, 86400)
    )::bigint
    FROM wallet_private.limit_rule AS r
    WHERE r.limit_id = p_limit_id
$$;

-- As if all that has happened had happened that much earlier, the books still sound. What a limit
-- or a task counts by the day moves on by whole days.
CREATE PROCEDURE pg_temp.let_pass(p_time interval)
LANGUAGE plpgsql
AS $$
BEGIN
    CALL pg_temp.unlock();
    UPDATE wallet_private.transfer SET created_at = created_at - p_time;
    UPDATE wallet_private.wallet SET moved_at = moved_at - p_time;
    UPDATE wallet_private.hold
    SET
        created_at = created_at - p_time,
        expires_at = expires_at - p_time,
        closed_at = closed_at - p_time;
    UPDATE wallet_private.lot SET expires_at = expires_at - p_time;
    UPDATE wallet_private.transfer AS t
    SET details = jsonb_set(t.details, '{result}', pg_temp.earlier(t.details -> 'result', p_time))
    WHERE t.details #> '{result}' ?| '{lot,lots}';
    UPDATE wallet_private.asset SET got_lots_at = got_lots_at - p_time;
    UPDATE wallet_private.limit_use AS u
    SET period = u.period - pg_temp.periods(u.limit_id, p_time);
    UPDATE wallet_private.transfer AS t
    SET details = jsonb_set(t.details, '{result,limits}', (
        SELECT jsonb_agg(
            l.entry || CASE WHEN l.entry ? 'period' THEN jsonb_build_object(
                'period', (l.entry ->> 'period')::bigint
                    - pg_temp.periods((l.entry ->> 'limit')::bigint, p_time)
            ) ELSE '{}' END
            ORDER BY l.place
        )
        FROM jsonb_array_elements(t.details #> '{result,limits}')
            WITH ORDINALITY AS l (entry, place)
    ))
    WHERE t.details -> 'result' ? 'limits';
    UPDATE wallet_private.hold_capture SET captured_at = captured_at - p_time;
    UPDATE wallet_private.purchase SET purchased_at = purchased_at - p_time;
    UPDATE wallet_private.task_completion
    SET completed_at = completed_at - p_time, period = period - p_time;
    UPDATE wallet_private.transfer AS t
    SET details = jsonb_set(
        t.details, '{result,period}',
        to_jsonb(((t.details #>> '{result,period}')::date - p_time)::date)
    )
    WHERE t.details -> 'result' ? 'period';
    CALL pg_temp.rechain();
    -- The days are counted anew.
    DELETE FROM wallet_private.daily;
    DELETE FROM wallet_private.spread;
    DELETE FROM wallet_private.leader;
    UPDATE wallet_private.fold
    SET place = wallet_private.feed_start('beginning'), ranked_day = NULL;
    CALL pg_temp.lock();
END
$$;
