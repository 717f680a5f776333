CREATE OR REPLACE FUNCTION wallet_private.verify_users(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- The users from p_from to p_to, both included; NULL leaves an end open. Whatever stands under a
-- user's id is looked at, whether or not there is such a user.
DECLARE
    v_from uuid := coalesce(p_from, '00000000-0000-0000-0000-000000000000');
    v_to uuid := coalesce(p_to, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
BEGIN
    -- Each transfer follows from the one before it.
    RETURN QUERY
    SELECT
        c.name,
        format(
            'transfer %s of user %s asset %s', t.seq, t.user_id,
            wallet_private.asset_code(t.asset_id)
        ),
        c.expected, c.found
    FROM (
        SELECT
            l.*,
            lag(l.seq, 1, 0::bigint) OVER chain AS last_seq,
            lag(l.hash, 1, ''::bytea) OVER chain AS last_hash,
            lag(l.balance_after, 1, 0::numeric) OVER chain AS last_balance,
            lag(l.created_at, 1, '-infinity') OVER chain AS last_at,
            lag(l.feed_position) OVER chain AS last_position
        FROM wallet_private.transfer AS l
        WHERE l.user_id BETWEEN v_from AND v_to
        WINDOW chain AS (PARTITION BY l.user_id, l.asset_id ORDER BY l.seq)
    ) AS t
    CROSS JOIN LATERAL (VALUES
        ('seq has no gaps', (t.last_seq + 1)::text, t.seq::text),
        ('balance_after adds up', trim_scale(t.last_balance + t.amount)::text,
            trim_scale(t.balance_after)::text),
        ('time rises',
            CASE WHEN t.created_at <= t.last_at THEN 'after ' || t.last_at END,
            CASE WHEN t.created_at <= t.last_at THEN t.created_at::text END),
        ('feed position never falls',
            CASE WHEN coalesce(t.feed_position, 0) < t.last_position
                THEN 'at least ' || t.last_position
            END,
            CASE WHEN coalesce(t.feed_position, 0) < t.last_position
                THEN coalesce(t.feed_position::text, 'none')
            END),
        ('only holds move nothing', (t.kind IN ('HOLD', 'RELEASE'))::text, (t.amount = 0)::text),
        ('the first leg has the key', (t.leg = 1)::text, (t.idempotency_key IS NOT NULL)::text),
        ('chain is intact', encode(wallet_private.transfer_hash(
            t.last_hash, t.user_id, t.asset_id, t.seq, t.transaction_id, t.leg, t.kind, t.amount,
            t.balance_after, t.counterparty, t.idempotency_key, t.reference, t.details,
            t.metadata, t.actor, t.created_at
        ), 'hex'), encode(t.hash, 'hex'))
    ) AS c (name, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY t.user_id, t.asset_id, t.seq;

    -- Each wallet is where its transfers lead, and holds what its open holds hold.
    RETURN QUERY
    SELECT
        c.name,
        format(
            'wallet of user %s asset %s', coalesce(w.user_id, t.user_id),
            wallet_private.asset_code(coalesce(w.asset_id, t.asset_id))
        ),
        c.expected, c.found
    FROM (
        SELECT * FROM wallet_private.wallet AS o WHERE o.user_id BETWEEN v_from AND v_to
    ) AS w
    FULL JOIN (
        SELECT
            l.user_id, l.asset_id, sum(l.amount) AS balance, count(*) AS seq,
            (array_agg(l.hash ORDER BY l.seq DESC))[1] AS head, max(l.created_at) AS moved_at,
            max(l.feed_position) AS feed_position
        FROM wallet_private.transfer AS l
        WHERE l.user_id BETWEEN v_from AND v_to
        GROUP BY l.user_id, l.asset_id
    ) AS t ON t.user_id = w.user_id AND t.asset_id = w.asset_id
    FULL JOIN (
        SELECT h.user_id, h.asset_id, sum(h.amount - h.captured) AS held
        FROM wallet_private.hold AS h
        WHERE h.user_id BETWEEN v_from AND v_to AND h.status = 'open'
        GROUP BY h.user_id, h.asset_id
    ) AS h ON h.user_id = coalesce(w.user_id, t.user_id)
        AND h.asset_id = coalesce(w.asset_id, t.asset_id)
    CROSS JOIN LATERAL (VALUES
        ('balance is the sum of transfers', trim_scale(coalesce(t.balance, 0))::text,
            trim_scale(w.balance)::text),
        ('seq counts the transfers', coalesce(t.seq, 0)::text, w.seq::text),
        ('head is the last hash', encode(coalesce(t.head, ''), 'hex'), encode(w.head, 'hex')),
        ('feed position is the last one', t.feed_position::text, w.feed_position::text),
        ('moved_at is the last time', coalesce(t.moved_at, '-infinity')::text, w.moved_at::text),
        ('held is what open holds hold', trim_scale(coalesce(h.held, 0))::text,
            trim_scale(w.held)::text),
        ('held is within the balance', 'true', (w.held <= w.balance)::text),
        ('is_capped as its asset is', (
            SELECT (a.supply IS NOT NULL)::text FROM wallet_private.asset AS a
            WHERE a.asset_id = w.asset_id
        ), w.is_capped::text),
        ('is_active as its account is', (
            SELECT (u.status = 'active')::text FROM wallet_private.user_account AS u
            WHERE u.user_id = w.user_id
        ), w.is_active::text)
    ) AS c (name, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY 2, 1;

    -- Each record is backed by its transfer, and each transfer has its record.
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
            SELECT * FROM wallet_private.purchase AS o WHERE o.user_id BETWEEN v_from AND v_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN v_from AND v_to AND o.kind = 'PURCHASE'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.transaction_id
        UNION ALL
        SELECT
            'completion is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.transaction_id, t.transaction_id),
            format(
                'number %s of task %s at %s',
                row_number() OVER (
                    PARTITION BY t.user_id, t.details ->> 'task_id'
                    ORDER BY t.asset_id, t.seq
                ),
                t.details ->> 'task_id', EXTRACT(EPOCH FROM t.created_at)
            ),
            format(
                'number %s of task %s at %s', p.ordinal, p.task_id,
                EXTRACT(EPOCH FROM p.completed_at)
            )
        FROM (
            SELECT * FROM wallet_private.task_completion AS o
            WHERE o.user_id BETWEEN v_from AND v_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN v_from AND v_to AND o.kind = 'TASK'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.transaction_id
        UNION ALL
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
            SELECT * FROM wallet_private.hold AS o WHERE o.user_id BETWEEN v_from AND v_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN v_from AND v_to AND o.kind = 'HOLD'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.hold_id
        UNION ALL
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
            WHERE o.user_id BETWEEN v_from AND v_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN v_from AND v_to AND o.kind = 'CAPTURE'
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.transaction_id
        UNION ALL
        SELECT
            'reversal is backed by its transfer', coalesce(p.user_id, t.user_id),
            coalesce(p.reversal_id, t.transaction_id),
            format('%s of %s', trim_scale(abs(t.amount)), t.details ->> 'transaction_id'),
            format('%s of %s', trim_scale(p.amount), p.transaction_id)
        FROM (
            SELECT * FROM wallet_private.reversal AS o WHERE o.user_id BETWEEN v_from AND v_to
        ) AS p
        FULL JOIN (
            SELECT * FROM wallet_private.transfer AS o
            WHERE o.user_id BETWEEN v_from AND v_to AND o.kind = 'REVERSAL' AND o.leg = 1
        ) AS t ON t.user_id = p.user_id AND t.transaction_id = p.reversal_id
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
        WHERE h.user_id BETWEEN v_from AND v_to
        UNION ALL
        SELECT
            'captured is the sum of captures', h.user_id, h.hold_id,
            trim_scale(coalesce(s.amount, 0))::text, trim_scale(h.captured)::text
        FROM wallet_private.hold AS h
        CROSS JOIN LATERAL (
            SELECT sum(o.amount) AS amount FROM wallet_private.hold_capture AS o
            WHERE o.user_id = h.user_id AND o.hold_id = h.hold_id
        ) AS s
        WHERE h.user_id BETWEEN v_from AND v_to
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
        WHERE r.user_id BETWEEN v_from AND v_to
        GROUP BY r.user_id, r.transaction_id
        UNION ALL
        SELECT
            'returned items were reversed', p.user_id, p.transaction_id,
            trim_scale(coalesce(sum(r.amount), 0))::text,
            trim_scale(p.returned * p.unit_price)::text
        FROM wallet_private.purchase AS p
        LEFT JOIN wallet_private.reversal AS r
            ON r.user_id = p.user_id AND r.transaction_id = p.transaction_id
        WHERE p.user_id BETWEEN v_from AND v_to
        GROUP BY p.user_id, p.transaction_id
        UNION ALL
        SELECT
            'a conversion has two legs', t.user_id, t.transaction_id, '2', count(*)::text
        FROM wallet_private.transfer AS t
        WHERE t.user_id BETWEEN v_from AND v_to AND t.kind = 'CONVERT'
        GROUP BY t.user_id, t.transaction_id
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
        WHERE r.user_id BETWEEN v_from AND v_to
    ) AS c (name, user_id, transaction_id, expected, found)
    WHERE c.expected IS DISTINCT FROM c.found
    ORDER BY c.user_id, c.transaction_id, c.name;
END
$$;
