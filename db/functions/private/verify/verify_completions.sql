CREATE OR REPLACE FUNCTION wallet_private.verify_completions(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each completed task of these users has its transfer, and each such transfer its completion.
BEGIN
    RETURN QUERY
    SELECT
        c.name, format('transaction %s of user %s', c.transaction_id, c.user_id), c.expected,
        c.found
    FROM (
        SELECT
            'completion is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.transaction_id, t.transaction_id),
            format(
                'number %s of task %s at %s for %s',
                row_number() OVER (
                    PARTITION BY t.user_id, t.details ->> 'task_id'
                    ORDER BY t.asset_id, t.seq
                ),
                t.details ->> 'task_id', EXTRACT(EPOCH FROM t.created_at),
                t.details #>> '{result,period}'
            ),
            format(
                'number %s of task %s at %s for %s', p.ordinal, p.task_id,
                EXTRACT(EPOCH FROM p.completed_at), p.period
            )
        FROM (
            SELECT * FROM wallet_private.task_completion AS o
            WHERE o.user_id BETWEEN p_from AND p_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN p_from AND p_to AND o.kind = 'TASK'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.transaction_id
    ) AS c (name, user_id, transaction_id, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY c.user_id, c.transaction_id, c.name;
END
$$;
