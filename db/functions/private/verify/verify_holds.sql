CREATE OR REPLACE FUNCTION wallet_private.verify_holds(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each hold of these users has its transfer, and each such transfer its hold. A closed hold has
-- what closed it.
BEGIN
    RETURN QUERY
    SELECT
        c.name, format('transaction %s of user %s', c.transaction_id, c.user_id), c.expected,
        c.found
    FROM (
        SELECT
            'hold is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.hold_id, t.transaction_id),
            format(
                '%s for %s seconds at %s', trim_scale((t.details ->> 'amount')::numeric),
                trim_scale((t.details ->> 'expires_in')::numeric),
                EXTRACT(EPOCH FROM t.created_at)
            ),
            format(
                '%s for %s seconds at %s', trim_scale(p.amount),
                trim_scale(EXTRACT(EPOCH FROM p.expires_at - p.created_at)),
                EXTRACT(EPOCH FROM p.created_at)
            )
        FROM (
            SELECT * FROM wallet_private.hold AS o WHERE o.user_id BETWEEN p_from AND p_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN p_from AND p_to AND o.kind = 'HOLD'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.hold_id
        UNION ALL
        SELECT
            'hold is closed by what closed it', h.user_id, h.hold_id,
            CASE
                WHEN l.created_at IS NOT NULL
                    THEN format('released at %s', EXTRACT(EPOCH FROM l.created_at))
                WHEN h.captured = h.amount
                    THEN format('captured at %s', EXTRACT(EPOCH FROM c.captured_at))
                WHEN h.expires_at <= clock_timestamp() AND h.status <> 'open'
                    THEN format('expired at %s', EXTRACT(EPOCH FROM h.expires_at))
                ELSE 'open at '
            END,
            format('%s at %s', h.status, EXTRACT(EPOCH FROM h.closed_at))
        FROM wallet_private.hold AS h
        LEFT JOIN wallet_private.transfer AS l
            ON l.user_id = h.user_id AND l.asset_id = h.asset_id AND l.kind = 'RELEASE'
            AND l.details ->> 'hold_id' = h.hold_id::text
        CROSS JOIN LATERAL (
            SELECT max(o.captured_at) AS captured_at FROM wallet_private.hold_capture AS o
            WHERE o.user_id = h.user_id AND o.hold_id = h.hold_id
        ) AS c
        WHERE h.user_id BETWEEN p_from AND p_to
        UNION ALL
        -- Those of a time when the asset had no lots got them later.
        SELECT
            'hold has the lots of its transfer', h.user_id, h.hold_id,
            (t.details #> '{result,lots}')::text, h.lots::text
        FROM wallet_private.hold AS h
        INNER JOIN wallet_private.transfer AS t
            ON t.user_id = h.user_id AND t.transaction_id = h.hold_id
        INNER JOIN wallet_private.asset AS a ON a.asset_id = h.asset_id
        WHERE h.user_id BETWEEN p_from AND p_to
            AND (a.lot_order IS NULL OR t.details -> 'result' ? 'lots')
    ) AS c (name, user_id, transaction_id, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY c.user_id, c.transaction_id, c.name;
END
$$;
