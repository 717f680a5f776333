CREATE OR REPLACE FUNCTION wallet.update_task(
    p_task_id bigint,
    p_name text DEFAULT NULL,
    p_reward numeric DEFAULT NULL,
    p_max_completions integer DEFAULT NULL,
    p_cooldown interval DEFAULT NULL,
    p_is_self_service boolean DEFAULT NULL,
    p_is_active boolean DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_expires_in interval DEFAULT NULL,
    p_period text DEFAULT NULL,
    p_time_zone text DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.task
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_task wallet_private.task := wallet_private.find_task(p_task_id);
    v_asset wallet_private.asset;
    v_reward numeric;
BEGIN
    PERFORM wallet_private.check_text('name', p_name);
    PERFORM wallet_private.check_range('max_completions', p_max_completions, 0, 2147483647);
    PERFORM wallet_private.check_range(
        'cooldown', nullif(p_cooldown, interval '0'), '1 second', '3660 days'
    );
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_task.asset_id;
    IF p_expires_in <> interval '0' THEN
        p_expires_in := wallet_private.check_expires_in(v_asset, p_expires_in);
    END IF;
    PERFORM wallet_private.check_choice('period', p_period, '{day,week,month,none}');
    PERFORM wallet_private.check_time_zone(p_time_zone);
    IF p_time_zone IS NOT NULL THEN
        PERFORM wallet_private.check_given(
            'period', nullif(coalesce(p_period, v_task.period), 'none')
        );
    END IF;
    IF p_reward IS NOT NULL THEN
        v_reward := wallet_private.check_amount('reward', p_reward, v_asset);
        PERFORM wallet_private.heed_threshold('update_task', v_asset.code, v_reward);
    END IF;

    UPDATE wallet_private.task AS t
    SET name = coalesce(p_name, t.name),
        reward = coalesce(v_reward, t.reward),
        max_completions = nullif(coalesce(p_max_completions, t.max_completions), 0),
        cooldown = nullif(coalesce(p_cooldown, t.cooldown), interval '0'),
        is_self_service = coalesce(p_is_self_service, t.is_self_service),
        is_active = coalesce(p_is_active, t.is_active),
        expires_in = nullif(coalesce(p_expires_in, t.expires_in), interval '0'),
        period = nullif(coalesce(p_period, t.period), 'none'),
        time_zone = CASE
            WHEN coalesce(p_period, t.period) <> 'none'
                THEN coalesce(p_time_zone, t.time_zone, 'UTC')
        END
    WHERE t.task_id = p_task_id
    RETURNING * INTO v_task;
    PERFORM wallet_private.record_action(
        'update_task', v_task.code, to_jsonb(v_task), p_actor, p_reason
    );
    RETURN wallet_private.to_task(v_task);
END
$$;

COMMENT ON FUNCTION wallet.update_task(
    bigint, text, numeric, integer, interval, boolean, boolean, text, interval, text, text, text
) IS
'Changes those fields of a task that are given; NULL leaves a field as it is. p_max_completions 0,
p_cooldown 0, p_expires_in 0 and p_period none take the limit away. p_reason says why, for the
record.
Returns: wallet.task.
Locks: the task''s row.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA110 WA116 WA203 WA415 WA502';
