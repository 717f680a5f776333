CREATE OR REPLACE FUNCTION wallet_private.set_task_period(
    p_transfer wallet_private.transfer, p_task wallet_private.task
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Writes into a completion which period of its task it is for: the one in which the wallet is now.
-- The caller has locked the wallet.
BEGIN
    IF p_task.period IS NULL THEN
        RETURN p_transfer;
    END IF;
    p_transfer.created_at := greatest(clock_timestamp(), (
        SELECT w.moved_at + interval '1 microsecond' FROM wallet_private.wallet AS w
        WHERE w.user_id = p_transfer.user_id AND w.asset_id = p_transfer.asset_id
    ));
    p_transfer.details := wallet_private.with_result(
        p_transfer.details, 'period', wallet_private.local_period(
            p_task.period,
            coalesce(p_transfer.details ->> 'time_zone', p_task.time_zone),
            p_transfer.created_at
        )
    );
    RETURN p_transfer;
END
$$;
