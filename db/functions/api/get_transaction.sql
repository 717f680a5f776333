CREATE OR REPLACE FUNCTION wallet.get_transaction(p_user_id uuid, p_transaction_id uuid)
RETURNS wallet.transaction_detail
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_legs wallet_private.transfer[] := wallet_private.find_transaction(
        p_user_id, p_transaction_id
    );
BEGIN
    RETURN ROW(
        p_transaction_id, v_legs[1].kind, p_user_id,
        (SELECT a.code FROM wallet_private.asset AS a WHERE a.asset_id = v_legs[1].asset_id),
        abs(v_legs[1].amount), v_legs[1].balance_after, v_legs[1].reference, v_legs[1].metadata,
        v_legs[1].details, v_legs[1].idempotency_key, v_legs[1].actor, v_legs[1].created_at,
        ARRAY(
            SELECT ROW(
                e.transaction_id, e.leg, e.entry_type, e.account, e.asset, e.amount,
                e.balance_after, e.kind, e.created_at
            )::wallet.entry
            FROM wallet.ledger_entry AS e
            WHERE e.user_id = p_user_id AND e.transaction_id = p_transaction_id
            ORDER BY e.leg, e.entry
        ),
        (
            SELECT r.transaction_id FROM wallet_private.reversal AS r
            WHERE r.user_id = p_user_id AND r.reversal_id = p_transaction_id
        ),
        ARRAY(
            SELECT r.reversal_id FROM wallet_private.reversal AS r
            WHERE r.user_id = p_user_id AND r.transaction_id = p_transaction_id
            ORDER BY r.reversal_id
        ),
        (
            SELECT r.transaction_id FROM wallet_private.refund AS r
            WHERE r.user_id = p_user_id AND r.refund_id = p_transaction_id
        ),
        ARRAY(
            SELECT r.refund_id FROM wallet_private.refund AS r
            WHERE r.user_id = p_user_id AND r.transaction_id = p_transaction_id
            ORDER BY r.signed_at
        )
    )::wallet.transaction_detail;
END
$$;

COMMENT ON FUNCTION wallet.get_transaction(uuid, uuid) IS
'Gives one transaction of a user with its ledger entries, what it reverses or refunds, and what
reversed or refunded it.
asset, amount and balance are those of its first leg.
Returns: wallet.transaction_detail.
Locks: nothing.
Raises: WA101 WA206';
