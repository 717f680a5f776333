CREATE OR REPLACE FUNCTION wallet_private.verify_purchases(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each purchase of these users has its transfer, and each such transfer its purchase. What was
-- given back of it is what was reversed.
BEGIN
    RETURN QUERY
    SELECT
        c.name, format('transaction %s of user %s', c.transaction_id, c.user_id), c.expected,
        c.found
    FROM (
        SELECT
            'purchase is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.transaction_id, t.transaction_id),
            format(
                '%s of item %s for %s at %s', t.details ->> 'quantity', t.details ->> 'item_id',
                trim_scale(-t.amount), EXTRACT(EPOCH FROM t.created_at)
            ),
            format(
                '%s of item %s for %s at %s', p.quantity, p.item_id,
                trim_scale(p.quantity * p.unit_price), EXTRACT(EPOCH FROM p.purchased_at)
            )
        FROM (
            SELECT * FROM wallet_private.purchase AS o WHERE o.user_id BETWEEN p_from AND p_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN p_from AND p_to AND o.kind = 'PURCHASE'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.transaction_id
        UNION ALL
        SELECT
            'returned items were reversed', p.user_id, p.transaction_id,
            trim_scale(coalesce(sum(r.amount), 0))::text,
            trim_scale(p.returned * p.unit_price)::text
        FROM wallet_private.purchase AS p
        LEFT JOIN wallet_private.reversal AS r
            ON r.user_id = p.user_id AND r.transaction_id = p.transaction_id
        WHERE p.user_id BETWEEN p_from AND p_to
        GROUP BY p.user_id, p.transaction_id
    ) AS c (name, user_id, transaction_id, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY c.user_id, c.transaction_id, c.name;
END
$$;
