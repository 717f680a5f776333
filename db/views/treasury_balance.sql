CREATE OR REPLACE VIEW wallet.treasury_balance AS
SELECT
    a.code COLLATE "default" AS asset,
    round(o.outstanding, a.scale) AS outstanding,
    round(-o.outstanding, a.scale) AS balance,
    a.supply::numeric,
    a.supply - o.outstanding AS remaining
FROM wallet_private.asset AS a
CROSS JOIN LATERAL (
    SELECT coalesce(sum(w.balance), 0) AS outstanding
    FROM wallet_private.wallet AS w
    WHERE w.asset_id = a.asset_id
) AS o;

ALTER VIEW wallet.treasury_balance OWNER TO wallet_owner;
COMMENT ON VIEW wallet.treasury_balance IS
'Shows the other side of the books: what users hold of each asset, and the treasury''s balance,
which is the negative of that. remaining is what may still be issued below a cap.
Returns: a row for each asset.
Locks: nothing.
Raises: nothing.';
