CREATE OR REPLACE FUNCTION wallet_private.verify_wallets(p_from uuid, p_to uuid, p_since bigint)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Each wallet of these users is where its transfers lead, those since a checkpoint from its head
-- then on. It holds what its open holds hold, and says of its asset and its account what they say.
BEGIN
    RETURN QUERY
    SELECT
        c.name,
        format(
            'wallet of user %s asset %s', coalesce(w.user_id, t.user_id),
            wallet_private.asset_code(coalesce(w.asset_id, t.asset_id))
        ),
        c.expected, c.found
    FROM (
        SELECT * FROM wallet_private.wallet AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) AS w
    FULL JOIN (
        SELECT
            l.user_id, l.asset_id,
            sum(CASE l.seq WHEN l.since_seq THEN l.balance_after ELSE l.amount END) AS balance,
            count(*) + coalesce(max(l.since_seq) - 1, 0) AS seq, max(l.seq) AS last_seq,
            max(l.created_at) AS moved_at, max(l.feed_position) AS feed_position
        FROM wallet_private.transfers_since(p_from, p_to, p_since) AS l
        WHERE (l.seq < l.since_seq) IS NOT TRUE
        GROUP BY l.user_id, l.asset_id
    ) AS t ON t.user_id = w.user_id AND t.asset_id = w.asset_id
    FULL JOIN (
        SELECT h.user_id, h.asset_id, sum(h.amount - h.captured) AS held
        FROM wallet_private.hold AS h
        WHERE h.user_id BETWEEN p_from AND p_to AND h.status = 'open'
        GROUP BY h.user_id, h.asset_id
    ) AS h ON h.user_id = coalesce(w.user_id, t.user_id)
        AND h.asset_id = coalesce(w.asset_id, t.asset_id)
    LEFT JOIN LATERAL (
        SELECT l.hash AS head FROM wallet_private.transfer AS l
        WHERE l.user_id = t.user_id AND l.asset_id = t.asset_id AND l.seq = t.last_seq
    ) AS n ON true
    CROSS JOIN LATERAL (VALUES
        ('balance is the sum of transfers', trim_scale(coalesce(t.balance, 0))::text,
            trim_scale(w.balance)::text),
        ('seq counts the transfers', coalesce(t.seq, 0)::text, w.seq::text),
        ('head is the last hash', encode(coalesce(n.head, ''), 'hex'), encode(w.head, 'hex')),
        ('moved_at is the last time', coalesce(t.moved_at, '-infinity')::text, w.moved_at::text),
        ('feed position is the last one', t.feed_position::text, w.feed_position::text),
        ('held is what open holds hold', trim_scale(coalesce(h.held, 0))::text,
            trim_scale(w.held)::text),
        ('held is within the balance', 'true', (w.held <= w.balance)::text),
        ('is_capped as its asset is', (
            SELECT (a.supply IS NOT NULL)::text FROM wallet_private.asset AS a
            WHERE a.asset_id = w.asset_id
        ), w.is_capped::text),
        ('is_plain if nothing is special', (
            SELECT wallet_private.is_plain_wallet(w.user_id, a)::text
            FROM wallet_private.asset AS a
            WHERE a.asset_id = w.asset_id
        ), w.is_plain::text),
        ('is_active as its account is', (
            SELECT (u.status = 'active')::text FROM wallet_private.user_account AS u
            WHERE u.user_id = w.user_id
        ), w.is_active::text)
    ) AS c (name, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY 2, 1;
END
$$;
