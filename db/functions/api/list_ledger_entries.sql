CREATE OR REPLACE FUNCTION wallet.list_ledger_entries(
    p_user_id uuid,
    p_asset text DEFAULT NULL,
    p_kind text DEFAULT NULL,
    p_limit integer DEFAULT 50,
    p_cursor text DEFAULT NULL
) RETURNS SETOF wallet.entry_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_query text := format('ledger %s %L %L', p_user_id, p_asset, p_kind);
    v_limit integer := coalesce(p_limit, 50);
    v_place text[];
    v_entry integer;
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    v_place := string_to_array(wallet_private.read_cursor(
        v_query, p_cursor, '^[0-9]{1,12}\.[0-9]{6},[0-9]{1,9},[12]$'
    ), ',');
    -- A page may end between the two entries of a transfer: the place names the entry too, and the
    -- next page begins with that transfer again if one of its entries is still to come.
    v_entry := coalesce(v_place[3]::integer, 2);
    RETURN QUERY
    SELECT
        l.transaction_id, l.leg, l.entry_type, l.account, l.asset, l.amount, l.balance_after,
        l.kind, l.created_at,
        CASE WHEN l.row_number = v_limit AND l.total > v_limit THEN wallet_private.write_cursor(
            v_query, format('%s,%s,%s', EXTRACT(EPOCH FROM l.created_at), l.asset_id, l.entry)
        ) END
    FROM (
        SELECT
            e.*, t.asset_id, count(*) OVER () AS total,
            row_number() OVER (ORDER BY t.created_at DESC, t.asset_id DESC, e.entry)
        FROM wallet_private.page_transfers(
            p_user_id, p_asset, p_kind, v_limit / 2 + 2, wallet_private.to_instant(v_place[1]),
            v_place[2]::integer + CASE v_entry WHEN 1 THEN 1 ELSE 0 END
        ) AS t
        INNER JOIN wallet.ledger_entry AS e
            ON e.user_id = t.user_id AND e.transaction_id = t.transaction_id AND e.leg = t.leg
        WHERE v_entry = 2 OR e.entry = 2
            OR t.created_at <> wallet_private.to_instant(v_place[1])
            OR t.asset_id <> v_place[2]::integer
    ) AS l
    WHERE l.row_number <= v_limit
    ORDER BY l.row_number;
END
$$;

COMMENT ON FUNCTION wallet.list_ledger_entries(uuid, text, text, integer, text) IS
'The double-entry ledger of a user''s movements, the newest first: a DEBIT and a CREDIT for each, on
the account USER and on TREASURY.
Returns: wallet.entry_item for each, p_limit (1 to 200) at most, with cursors as in
list_transactions. balance_after is NULL on the treasury''s side.
Locks: nothing.
Raises: WA101 WA108 WA109 WA110 WA201 WA202';
