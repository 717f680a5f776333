CREATE OR REPLACE FUNCTION wallet_private.verify_captures(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each capture of a hold of these users has its transfer, and each such transfer its capture. The
-- hold counts them.
BEGIN
    RETURN QUERY
    SELECT
        c.name, format('transaction %s of user %s', c.transaction_id, c.user_id), c.expected,
        c.found
    FROM (
        SELECT
            'capture is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.transaction_id, t.transaction_id),
            format(
                '%s of %s at %s', trim_scale(-t.amount), t.details ->> 'hold_id',
                EXTRACT(EPOCH FROM t.created_at)
            ),
            format(
                '%s of %s at %s', trim_scale(p.amount), p.hold_id,
                EXTRACT(EPOCH FROM p.captured_at)
            )
        FROM (
            SELECT * FROM wallet_private.hold_capture AS o
            WHERE o.user_id BETWEEN p_from AND p_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN p_from AND p_to AND o.kind = 'CAPTURE'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.transaction_id
        UNION ALL
        SELECT
            'captured is the sum of captures', h.user_id, h.hold_id,
            trim_scale(coalesce(s.amount, 0))::text, trim_scale(h.captured)::text
        FROM wallet_private.hold AS h
        CROSS JOIN LATERAL (
            SELECT sum(o.amount) AS amount FROM wallet_private.hold_capture AS o
            WHERE o.user_id = h.user_id AND o.hold_id = h.hold_id
        ) AS s
        WHERE h.user_id BETWEEN p_from AND p_to
    ) AS c (name, user_id, transaction_id, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY c.user_id, c.transaction_id, c.name;
END
$$;
