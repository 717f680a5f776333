CREATE OR REPLACE FUNCTION wallet_private.record_completion(
    p_task wallet_private.task, p_transfer wallet_private.transfer
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Writes a completed task down. Raises WA405 or WA406 if the user can't complete it now.
DECLARE
    v_last wallet_private.task_completion;
    v_period date := (p_transfer.details #>> '{result,period}')::date;
    v_zone text := coalesce(p_transfer.details ->> 'time_zone', p_task.time_zone);
    v_last_period date;
    v_wait numeric;
BEGIN
    SELECT c.* INTO v_last FROM wallet_private.task_completion AS c
    WHERE c.user_id = p_transfer.user_id AND c.task_id = p_task.task_id
    ORDER BY c.ordinal DESC
    LIMIT 1;
    IF v_last.ordinal >= p_task.max_completions THEN
        RAISE EXCEPTION 'the task''s limit per user is reached'
            USING ERRCODE = 'WA405',
                DETAIL = format(
                    'Task %s pays each user %s times; this one has them all.',
                    p_task.code, p_task.max_completions
                ),
                HINT = 'Offer another task.';
    END IF;
    -- The wait is in seconds, as the length of a day depends on the session's time zone.
    v_wait := EXTRACT(EPOCH FROM p_task.cooldown)
        - EXTRACT(EPOCH FROM p_transfer.created_at - v_last.completed_at);
    IF v_period IS NOT NULL THEN
        -- The last time may be of before the task had a period, or of another zone.
        v_last_period := coalesce(
            v_last.period,
            wallet_private.local_period(p_task.period, v_zone, v_last.completed_at)
        );
        IF v_last_period >= v_period THEN
            v_wait := greatest(v_wait, EXTRACT(EPOCH FROM wallet_private.period_end(
                p_task.period, v_zone, date_trunc(p_task.period, v_last_period)::date
            ) - p_transfer.created_at));
        END IF;
    END IF;
    IF v_wait > 0 THEN
        RAISE EXCEPTION 'the task is cooling down'
            USING ERRCODE = 'WA406',
                DETAIL = format('Task %s pays again in %s seconds.', p_task.code, ceil(v_wait)),
                HINT = 'Try it with the same key when the cooldown is over.';
    END IF;
    INSERT INTO wallet_private.task_completion (
        user_id, task_id, ordinal, transaction_id, completed_at, period
    ) VALUES (
        p_transfer.user_id, p_task.task_id, coalesce(v_last.ordinal, 0) + 1,
        p_transfer.transaction_id, p_transfer.created_at, v_period
    );
END
$$;
