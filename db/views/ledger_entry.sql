CREATE OR REPLACE VIEW wallet.ledger_entry AS
SELECT
    t.user_id,
    t.transaction_id,
    t.leg::integer AS leg,
    e.entry,
    e.entry_type,
    CASE WHEN e.is_user THEN 'USER' ELSE t.counterparty END AS account,
    a.code COLLATE "default" AS asset,
    abs(t.amount) AS amount,
    CASE WHEN e.is_user THEN t.balance_after::numeric END AS balance_after,
    t.kind::text AS kind,
    t.created_at,
    t.seq
FROM wallet_private.transfer AS t
INNER JOIN wallet_private.asset AS a ON t.asset_id = a.asset_id
-- The treasury owes users what they hold. So a credit to the user is a debit to the treasury.
CROSS JOIN
    LATERAL (
        VALUES (1, 'DEBIT', t.amount < 0), (2, 'CREDIT', t.amount > 0)
    ) AS e (entry, entry_type, is_user)
WHERE t.amount <> 0;

ALTER VIEW wallet.ledger_entry OWNER TO wallet_owner;
COMMENT ON VIEW wallet.ledger_entry IS
'Shows the double-entry ledger: a DEBIT and a CREDIT for each movement, on USER and on TREASURY.
Returns: two rows for each leg of each movement.
Locks: nothing.
Raises: nothing.';
