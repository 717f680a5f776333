CREATE OR REPLACE VIEW wallet.balance AS
SELECT
    u.user_id,
    a.code COLLATE "default" AS asset,
    round(coalesce(l.balance, w.balance, 0), a.scale) AS balance,
    round(h.held, a.scale) AS held,
    round(coalesce(l.balance, w.balance, 0) - h.held, a.scale) AS available,
    a.archived_at IS NOT NULL AS is_archived,
    round(l.paid, a.scale) AS paid,
    round(l.free, a.scale) AS free,
    round(l.expiring, a.scale) AS expiring,
    l.expires_at,
    CASE WHEN w.is_plain THEN 0 ELSE round(coalesce((
        SELECT d.amount FROM wallet_private.debt AS d
        WHERE d.user_id = w.user_id AND d.asset_id = w.asset_id
    ), 0), a.scale) END AS debt
FROM wallet_private.user_account AS u
CROSS JOIN wallet_private.asset AS a
LEFT JOIN wallet_private.wallet AS w ON u.user_id = w.user_id AND a.asset_id = w.asset_id
CROSS JOIN
    LATERAL (
        -- An expired hold holds nothing, even before anything has closed it.
        SELECT
            CASE WHEN w.held > 0 THEN w.held - (
                SELECT coalesce(sum(o.amount - o.captured), 0)
                FROM wallet_private.hold AS o
                WHERE
                    o.user_id = u.user_id AND o.asset_id = a.asset_id
                    AND o.status = 'open' AND o.expires_at <= statement_timestamp()
            ) ELSE 0 END AS held
    ) AS h
-- What has expired of an asset with lots is not in the balance, even before anything has booked it.
LEFT JOIN LATERAL (
    SELECT
        coalesce(sum(o.remaining), 0) AS balance,
        coalesce(sum(o.remaining) FILTER (WHERE o.origin = 'paid'), 0) AS paid,
        coalesce(sum(o.remaining) FILTER (WHERE o.origin = 'free'), 0) AS free,
        sum(o.remaining - o.held) FILTER (WHERE o.expires_at = o.next_at) AS expiring,
        min(o.next_at) AS expires_at
    FROM (
        SELECT
            i.origin,
            i.remaining,
            i.held,
            i.expires_at,
            min(i.expires_at) FILTER (WHERE i.remaining > i.held) OVER () AS next_at
        FROM wallet.list_lots(u.user_id, a.code) AS i
        WHERE a.lot_order IS NOT NULL
    ) AS o
    HAVING a.lot_order IS NOT NULL
) AS l ON true;

ALTER VIEW wallet.balance OWNER TO wallet_owner;
COMMENT ON VIEW wallet.balance IS
'Shows what each user has of each asset: the balance, how much of it is held, and how much is
available. For an asset with lots, paid and free make up the balance, and expiring expires next, at
expires_at. debt is what the user owes beside that.
Returns: a row for each user and asset, also where the balance is 0.
Locks: nothing.
Raises: nothing.';
