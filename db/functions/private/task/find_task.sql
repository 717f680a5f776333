CREATE OR REPLACE FUNCTION wallet_private.find_task(p_task_id bigint) RETURNS wallet_private.task
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
DECLARE
    v_task wallet_private.task;
BEGIN
    PERFORM wallet_private.check_given('task_id', p_task_id);
    SELECT t.* INTO v_task FROM wallet_private.task AS t WHERE t.task_id = p_task_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'task not found'
            USING ERRCODE = 'WA203',
                DETAIL = format('There is no task %s.', p_task_id),
                HINT = 'wallet.list_tasks() lists them.';
    END IF;
    RETURN v_task;
END
$$;
