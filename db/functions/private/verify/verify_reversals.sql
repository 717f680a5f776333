CREATE OR REPLACE FUNCTION wallet_private.verify_reversals(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each reversal of these users has its transfer, and each such transfer its reversal. Together they
-- take back no more than there was, on as many legs as the original has.
BEGIN
    RETURN QUERY
    SELECT
        c.name, format('transaction %s of user %s', c.transaction_id, c.user_id), c.expected,
        c.found
    FROM (
        SELECT
            'reversal is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.reversal_id, t.transaction_id),
            format('%s of %s', trim_scale(abs(t.amount)), t.details ->> 'transaction_id'),
            format('%s of %s', trim_scale(p.amount), p.transaction_id)
        FROM (
            SELECT * FROM wallet_private.reversal AS o WHERE o.user_id BETWEEN p_from AND p_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN p_from AND p_to AND o.kind = 'REVERSAL' AND o.leg = 1
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.reversal_id
        UNION ALL
        SELECT
            'no more is reversed than there was', r.user_id, r.transaction_id,
            'at most ' || trim_scale(coalesce(abs(max(t.amount)), 0)),
            CASE WHEN sum(r.amount) <= abs(max(t.amount))
                THEN 'at most ' || trim_scale(abs(max(t.amount)))
                ELSE trim_scale(sum(r.amount))::text
            END
        FROM wallet_private.reversal AS r
        LEFT JOIN wallet_private.transfer AS t
            ON t.user_id = r.user_id AND t.transaction_id = r.transaction_id AND t.leg = 1
        WHERE r.user_id BETWEEN p_from AND p_to
        GROUP BY r.user_id, r.transaction_id
        UNION ALL
        SELECT
            'a reversal has its original''s legs', r.user_id, r.reversal_id,
            (
                SELECT count(*) FROM wallet_private.transfer AS o
                WHERE o.user_id = r.user_id AND o.transaction_id = r.transaction_id
            )::text,
            (
                SELECT count(*) FROM wallet_private.transfer AS o
                WHERE o.user_id = r.user_id AND o.transaction_id = r.reversal_id
            )::text
        FROM wallet_private.reversal AS r
        WHERE r.user_id BETWEEN p_from AND p_to
    ) AS c (name, user_id, transaction_id, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY c.user_id, c.transaction_id, c.name;
END
$$;
