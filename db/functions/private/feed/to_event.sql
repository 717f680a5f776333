CREATE OR REPLACE FUNCTION wallet_private.to_event(
    p_transfer wallet_private.transfer, p_asset text, p_cursor text
) RETURNS wallet.event
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_transfer.transaction_id, p_transfer.leg, p_transfer.kind, p_transfer.user_id, p_asset,
        abs(p_transfer.amount),
        CASE sign(p_transfer.amount) WHEN -1 THEN 'DEBIT' WHEN 1 THEN 'CREDIT' END,
        p_transfer.balance_after, p_transfer.seq, p_transfer.reference, p_transfer.metadata,
        p_transfer.details, p_transfer.actor, p_transfer.created_at, p_cursor
    )::wallet.event
$$;
