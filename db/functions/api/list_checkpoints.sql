CREATE OR REPLACE FUNCTION wallet.list_checkpoints(
    p_limit integer DEFAULT 50, p_cursor text DEFAULT NULL
) RETURNS SETOF wallet.checkpoint_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := coalesce(p_limit, 50);
    v_before bigint;
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    v_before := wallet_private.read_cursor('checkpoints', p_cursor, '^[0-9]{1,18}$')::bigint;
    RETURN QUERY
    SELECT
        p.checkpoint_id, p.created_at, p.wallets, p.transfers::numeric, encode(p.root, 'hex'),
        CASE WHEN p.row_number = v_limit AND p.total > v_limit THEN
            wallet_private.write_cursor('checkpoints', p.checkpoint_id::text)
        END
    FROM (
        SELECT f.*, row_number() OVER (ORDER BY f.checkpoint_id DESC), count(*) OVER () AS total
        FROM (
            SELECT c.*
            FROM wallet_private.checkpoint AS c
            WHERE v_before IS NULL OR c.checkpoint_id < v_before
            ORDER BY c.checkpoint_id DESC
            LIMIT v_limit + 1
        ) AS f
    ) AS p
    WHERE p.row_number <= v_limit
    ORDER BY p.row_number;
END
$$;

COMMENT ON FUNCTION wallet.list_checkpoints(integer, text) IS
'Lists the checkpoints, the newest first. Somebody who can write to this database can change this
list too, so a root proves something only if it was kept elsewhere.
Returns: wallet.checkpoint_item for each, p_limit (1 to 200) at most, with cursors as in
list_transactions.
Locks: nothing.
Raises: WA108 WA109';
