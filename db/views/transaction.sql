CREATE OR REPLACE VIEW wallet.transaction AS
SELECT
    t.user_id,
    t.transaction_id,
    t.leg::integer AS leg,
    t.kind::text AS kind,
    a.code COLLATE "default" AS asset,
    t.amount,
    t.balance_after::numeric,
    t.counterparty,
    t.reference,
    t.idempotency_key COLLATE "default" AS idempotency_key,
    t.details,
    t.metadata,
    t.actor,
    t.created_at,
    t.seq
FROM wallet_private.transfer AS t
INNER JOIN wallet_private.asset AS a ON t.asset_id = a.asset_id
WHERE t.amount <> 0;

ALTER VIEW wallet.transaction OWNER TO wallet_owner;
COMMENT ON VIEW wallet.transaction IS
'Shows every movement as the user sees it: the amount of a credit is positive, of a debit negative.
Returns: a row for each leg of each movement, in no order.
Locks: nothing.
Raises: nothing.';
