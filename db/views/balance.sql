CREATE OR REPLACE VIEW wallet.balance AS
SELECT
    u.user_id,
    a.code COLLATE "default" AS asset,
    round(coalesce(w.balance, 0), a.scale) AS balance,
    round(h.held, a.scale) AS held,
    round(coalesce(w.balance, 0) - h.held, a.scale) AS available,
    a.archived_at IS NOT NULL AS is_archived
FROM wallet_private.user_account AS u
CROSS JOIN wallet_private.asset AS a
LEFT JOIN wallet_private.wallet AS w ON u.user_id = w.user_id AND a.asset_id = w.asset_id
CROSS JOIN LATERAL (
    -- An expired hold holds nothing, even before anything has closed it.
    SELECT
        CASE WHEN w.held > 0 THEN w.held - (
            SELECT coalesce(sum(o.amount - o.captured), 0)
            FROM wallet_private.hold AS o
            WHERE
                o.user_id = u.user_id AND o.asset_id = a.asset_id
                AND o.status = 'open' AND o.expires_at <= statement_timestamp()
        ) ELSE 0 END AS held
) AS h;

ALTER VIEW wallet.balance OWNER TO wallet_owner;
COMMENT ON VIEW wallet.balance IS
'Shows what each user has of each asset: the balance, how much of it is held, and how much is
available.
Returns: a row for each user and asset, also where the balance is 0.
Locks: nothing.
Raises: nothing.';
