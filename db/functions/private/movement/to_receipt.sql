CREATE OR REPLACE FUNCTION wallet_private.to_receipt(
    p_transfer wallet_private.transfer, p_asset text, p_is_replay boolean
) RETURNS wallet.receipt
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_transfer.transaction_id, p_transfer.kind, p_transfer.user_id, p_asset,
        abs(p_transfer.amount), p_transfer.balance_after, p_transfer.reference,
        p_transfer.metadata, p_transfer.created_at, p_is_replay
    )::wallet.receipt
$$;
