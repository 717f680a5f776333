CREATE OR REPLACE FUNCTION wallet.create_task(
    p_code text,
    p_name text,
    p_asset text,
    p_reward numeric,
    p_max_completions integer DEFAULT NULL,
    p_cooldown interval DEFAULT NULL,
    p_is_self_service boolean DEFAULT false,
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
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_reward numeric := wallet_private.check_amount('reward', p_reward, v_asset);
    v_task wallet_private.task;
BEGIN
    PERFORM wallet_private.check_code(p_code);
    PERFORM wallet_private.check_given('name', p_name);
    PERFORM wallet_private.check_text('name', p_name);
    PERFORM wallet_private.check_range('max_completions', p_max_completions, 1, 2147483647);
    PERFORM wallet_private.check_range('cooldown', p_cooldown, '1 second', '3660 days');
    PERFORM wallet_private.check_given('is_self_service', p_is_self_service);
    p_expires_in := wallet_private.check_expires_in(v_asset, p_expires_in);
    PERFORM wallet_private.check_choice('period', p_period, '{day,week,month}');
    PERFORM wallet_private.check_time_zone(p_time_zone);
    IF p_period IS NOT NULL THEN
        p_time_zone := coalesce(p_time_zone, 'UTC');
    ELSIF p_time_zone IS NOT NULL THEN
        PERFORM wallet_private.check_given('period', p_period);
    END IF;

    PERFORM wallet_private.heed_threshold('create_task', v_asset.code, v_reward);
    INSERT INTO wallet_private.task (
        code, name, asset_id, reward, max_completions, cooldown, is_self_service, expires_in,
        period, time_zone
    ) VALUES (
        p_code, p_name, v_asset.asset_id, v_reward, p_max_completions, p_cooldown,
        p_is_self_service, p_expires_in, p_period, p_time_zone
    )
    ON CONFLICT (code) DO NOTHING
    RETURNING * INTO v_task;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('a task', p_code);
    END IF;
    PERFORM wallet_private.record_action(
        'create_task', v_task.code, to_jsonb(v_task), p_actor, p_reason
    );
    RETURN wallet_private.to_task(v_task);
END
$$;

COMMENT ON FUNCTION wallet.create_task(
    text, text, text, numeric, integer, interval, boolean, text, interval, text, text, text
) IS
'Makes a task that pays a reward. p_max_completions is how often each user may complete it (NULL =
no limit), and p_cooldown how long the user has to wait in between. p_is_self_service says whether
users may report it themselves. p_expires_in is how long a reward of an asset with lots lives (NULL
= as the asset says). With p_period (day, week, month) it pays each user once in each such period of
the calendar, in p_time_zone (NULL = UTC) unless the call names the user''s own. p_reason says why,
for the record.
Returns: wallet.task.
Locks: nothing that others wait for.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA110 WA114 WA116 WA202 WA304 WA415
WA502';
