CREATE OR REPLACE FUNCTION wallet.complete_task(
    p_user_id uuid,
    p_task_id bigint,
    p_idempotency_key text,
    p_is_self boolean DEFAULT false,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_time_zone text DEFAULT NULL
) RETURNS wallet.task_receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_task wallet_private.task;
    v_asset wallet_private.asset;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(p_user_id, p_idempotency_key, NULL, p_metadata, p_actor);
    v_request := wallet_private.new_transfer(
        'TASK', p_user_id, NULL, NULL, p_idempotency_key, NULL,
        jsonb_build_object('task_id', p_task_id),
        p_metadata, p_actor
    );
    IF p_time_zone IS NOT NULL THEN
        PERFORM wallet_private.check_time_zone(p_time_zone);
        v_request.details := v_request.details || jsonb_build_object('time_zone', p_time_zone);
    END IF;
    v_task := wallet_private.find_task(p_task_id);
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_task.asset_id;

    -- 2. Answer a replay.
    v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_asset.asset_id]);

    -- 3.-4. Move the balance, append the transfer.
    IF v_transfer.transaction_id IS NULL THEN
        IF p_is_self AND NOT v_task.is_self_service THEN
            RAISE EXCEPTION 'this is not allowed here'
                USING ERRCODE = 'WA502',
                    DETAIL = format('Users don''t complete task %s themselves.', v_task.code),
                    HINT = 'A service reports it when it has been done.';
        END IF;
        PERFORM wallet_private.check_open(v_asset);
        PERFORM wallet_private.check_active('Task', v_task.code, v_task.is_active);
        v_request.asset_id := v_task.asset_id;
        v_request.amount := v_task.reward;
        IF v_task.expires_in IS NOT NULL THEN
            v_request.details := wallet_private.with_result(
                v_request.details, 'expires_in', EXTRACT(EPOCH FROM v_task.expires_in)
            );
        END IF;
        v_request := wallet_private.set_task_period(v_request, v_task);
        v_transfer := wallet_private.post(v_request);

        -- 5. Settle what a race decided. The wallet is locked, so this user's count stays as it is.
        IF v_transfer.transaction_id = v_request.transaction_id THEN
            PERFORM wallet_private.record_completion(v_task, v_transfer);
        END IF;
    END IF;

    -- 6. Return the receipt.
    RETURN ROW(
        v_transfer.transaction_id, v_transfer.kind, v_transfer.user_id, v_asset.code,
        v_transfer.amount, v_transfer.balance_after, v_transfer.reference, v_transfer.metadata,
        v_transfer.created_at, v_transfer.transaction_id <> v_request.transaction_id, p_task_id
    )::wallet.task_receipt;
END
$$;

COMMENT ON FUNCTION wallet.complete_task(uuid, bigint, text, boolean, jsonb, text, text) IS
'Pays a user the reward of a task. p_is_self says that the users themselves ask, which only a
self-service task allows. p_time_zone is where the user is: a task that pays once a day, week or
month goes by the calendar there (NULL = by the task''s own). The next time is for a later day of
the calendar than the last one, whatever the zone: nobody gets one day twice.
Returns: wallet.task_receipt. For a key that was used before it is the first one again, with
is_replay.
Locks: the user''s wallet in the reward''s asset; then, of a capped asset, a supply stripe.
Raises: WA101 WA104 WA106 WA111 WA116 WA201 WA203 WA301 WA402 WA405 WA406 WA412 WA413
WA501 WA502 WA503';
