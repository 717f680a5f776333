CREATE OR REPLACE FUNCTION wallet.list_tasks() RETURNS SETOF wallet.task
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (wallet_private.to_task(t)).*
    FROM wallet_private.task AS t
    ORDER BY t.task_id
$$;

COMMENT ON FUNCTION wallet.list_tasks() IS
'Lists all tasks by id, inactive ones too.
Returns: wallet.task for each.
Locks: nothing.
Raises: nothing.';
