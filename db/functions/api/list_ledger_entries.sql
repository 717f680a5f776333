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
    v_place jsonb;
    v_page wallet_private.transfer[];
    v_cursor text;
    v_begin integer;
    v_end integer;
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    v_place := wallet_private.read_place(v_query, p_cursor, p_user_id, p_asset);
    v_page := ARRAY(
        SELECT p FROM wallet_private.page_history(p_user_id, p_kind, v_limit / 2 + 2, v_place) AS p
    );
    -- A page may end between the two entries of a transfer. Then the place is before the transfer.
    -- It also names an asset 0, which does not exist: the first entry has been shown.
    v_begin := CASE WHEN v_place ? '0' THEN 1 ELSE 0 END;
    v_end := v_begin + v_limit;
    IF 2 * cardinality(v_page) > v_end THEN
        v_place := wallet_private.place_after(v_place - '0', v_page[:v_end / 2]);
        v_cursor := wallet_private.write_cursor(v_query, (
            v_place || CASE v_end % 2 WHEN 1 THEN '{"0": 0}' ELSE '{}' END::jsonb
        )::text);
    END IF;
    RETURN QUERY
    SELECT
        e.transaction_id, e.leg, e.entry_type, e.account, e.asset, e.amount, e.balance_after,
        e.kind, e.created_at, CASE WHEN n.place = v_end THEN v_cursor END
    FROM unnest(v_page) WITH ORDINALITY AS t
    INNER JOIN wallet_private.asset AS a ON a.asset_id = t.asset_id
    INNER JOIN wallet.ledger_entry AS e
        ON e.user_id = t.user_id AND e.asset = a.code AND e.seq = t.seq
    CROSS JOIN LATERAL (SELECT 2 * (t.ordinality - 1) + e.entry AS place) AS n
    WHERE n.place > v_begin AND n.place <= v_end
    ORDER BY n.place;
END
$$;

COMMENT ON FUNCTION wallet.list_ledger_entries(uuid, text, text, integer, text) IS
'Lists the double-entry ledger of a user''s movements, the newest first. Each has a DEBIT and a
CREDIT, one on the account USER and one on TREASURY.
Returns: wallet.entry_item for each, p_limit (1 to 200) at most, with cursors as in
list_transactions. balance_after is NULL on the treasury''s side.
Locks: nothing.
Raises: WA101 WA108 WA109 WA110 WA201 WA202';
