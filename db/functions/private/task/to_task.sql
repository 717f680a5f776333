CREATE OR REPLACE FUNCTION wallet_private.to_task(p_task wallet_private.task) RETURNS wallet.task
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_task.task_id, p_task.code, p_task.name, a.code, p_task.reward, p_task.max_completions,
        p_task.cooldown, p_task.is_self_service, p_task.is_active, p_task.created_at,
        p_task.expires_in, p_task.period, p_task.time_zone
    )::wallet.task
    FROM wallet_private.asset AS a
    WHERE a.asset_id = p_task.asset_id
$$;
