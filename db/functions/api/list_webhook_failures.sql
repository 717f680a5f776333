CREATE OR REPLACE FUNCTION wallet.list_webhook_failures(
    p_subscription text, p_limit integer DEFAULT 50, p_cursor text DEFAULT NULL
) RETURNS SETOF wallet.webhook_failure
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_webhook wallet_private.webhook := wallet_private.find_webhook(p_subscription);
    v_query text := format('webhook failures %s', p_subscription);
    v_limit integer := coalesce(p_limit, 50);
    v_place text[];
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 200);
    v_place := string_to_array(wallet_private.read_cursor(
        v_query, p_cursor, '^[0-9a-f-]{36} [0-9]{1,9} [0-9]{1,18}$'
    ), ' ');
    RETURN QUERY
    SELECT
        f.transaction_id, f.leg::integer, f.kind::text,
        nullif(f.user_id, '00000000-0000-0000-0000-000000000000'), f.asset, f.seq,
        CASE WHEN f.next_try_at IS NULL THEN 'parked' ELSE 'waiting' END,
        f.tries, f.tried_at, f.next_try_at, f.status_code, f.error,
        CASE WHEN f.row_number = v_limit AND f.total > v_limit THEN
            wallet_private.write_cursor(
                v_query, format('%s %s %s', f.user_id, f.asset_id, f.seq)
            )
        END
    FROM (
        SELECT
            e.*, coalesce(t.transaction_id, r.event_id) AS transaction_id,
            coalesce(t.leg, 1) AS leg, coalesce(t.kind, 'ALERT') AS kind, a.code AS asset,
            row_number() OVER (ORDER BY e.user_id, e.asset_id, e.seq), count(*) OVER () AS total
        FROM wallet_private.webhook_event AS e
        INNER JOIN wallet_private.asset AS a ON a.asset_id = e.asset_id
        LEFT JOIN wallet_private.transfer AS t
            ON t.user_id = e.user_id AND t.asset_id = e.asset_id AND t.seq = e.seq
        LEFT JOIN wallet_private.alert_event AS r ON r.seq = e.seq
        WHERE e.subscription_id = v_webhook.subscription_id
            AND (v_place IS NULL OR (e.user_id, e.asset_id, e.seq) > (
                v_place[1]::uuid, v_place[2]::integer, v_place[3]::bigint
            ))
        ORDER BY e.user_id, e.asset_id, e.seq
        LIMIT v_limit + 1
    ) AS f
    WHERE f.row_number <= v_limit
    ORDER BY f.row_number;
END
$$;

COMMENT ON FUNCTION wallet.list_webhook_failures(text, integer, text) IS
'The events of a webhook that were tried and not accepted, or wait behind such a one of their
wallet: waiting for the next try, or parked after the last one. They come by user, asset and seq.
Returns: wallet.webhook_failure for each, p_limit (1 to 200) at most, with cursors as in
list_transactions.
Locks: nothing.
Raises: WA101 WA108 WA109 WA220 WA225';
