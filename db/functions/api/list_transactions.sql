CREATE OR REPLACE FUNCTION wallet.list_transactions(
    p_user_id uuid,
    p_asset text DEFAULT NULL,
    p_kind text DEFAULT NULL,
    p_limit integer DEFAULT 50,
    p_cursor text DEFAULT NULL
) RETURNS SETOF wallet.transaction_item
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_query text := format('transactions %s %L %L', p_user_id, p_asset, p_kind);
    v_limit integer := coalesce(p_limit, 50);
    v_place jsonb;
    v_page wallet_private.transfer[];
    v_cursor text;
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    v_place := wallet_private.read_place(v_query, p_cursor, p_user_id, p_asset);
    v_page := ARRAY(
        SELECT p FROM wallet_private.page_history(p_user_id, p_kind, v_limit + 1, v_place) AS p
    );
    IF cardinality(v_page) > v_limit THEN
        v_page := v_page[:v_limit];
        v_cursor := wallet_private.write_cursor(
            v_query, wallet_private.place_after(v_place, v_page)::text
        );
    END IF;
    RETURN QUERY
    SELECT
        t.transaction_id, t.leg::integer, t.kind::text, t.user_id, a.code, abs(t.amount),
        CASE WHEN t.amount < 0 THEN 'DEBIT' ELSE 'CREDIT' END, t.balance_after::numeric,
        t.reference, t.metadata, t.created_at, CASE WHEN t.ordinality = v_limit THEN v_cursor END
    FROM unnest(v_page) WITH ORDINALITY AS t
    INNER JOIN wallet_private.asset AS a ON a.asset_id = t.asset_id
    ORDER BY t.ordinality;
END
$$;

COMMENT ON FUNCTION wallet.list_transactions(uuid, text, text, integer, text) IS
'Lists a user''s movements, the newest first. A conversion has two, one for each asset. p_asset and
p_kind choose among them.
Returns: wallet.transaction_item for each, p_limit (1 to 200) at most. To continue, give the cursor
of the last row as p_cursor with the same filters. The cursor is NULL when nothing follows.
Locks: nothing.
Raises: WA101 WA108 WA109 WA110 WA201 WA202';
