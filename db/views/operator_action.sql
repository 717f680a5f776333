CREATE OR REPLACE VIEW wallet.operator_action AS
SELECT
    a.action_id,
    a.created_at,
    a.actor,
    a.name,
    a.subject,
    a.details
FROM wallet_private.action AS a;

ALTER VIEW wallet.operator_action OWNER TO wallet_owner;
COMMENT ON VIEW wallet.operator_action IS
'Shows who changed what in the catalogue and in accounts, and what it was afterwards.
Returns: a row for each change.
Locks: nothing.
Raises: nothing.';
