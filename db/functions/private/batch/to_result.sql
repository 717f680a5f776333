CREATE OR REPLACE FUNCTION wallet_private.to_result(
    p_ord integer, p_transfer wallet_private.transfer, p_asset text
) RETURNS wallet.batch_result
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_ord, p_transfer.transaction_id, p_transfer.kind, p_transfer.user_id, p_asset,
        abs(p_transfer.amount), p_transfer.balance_after, p_transfer.reference,
        p_transfer.metadata, p_transfer.created_at, false, NULL, NULL, NULL, NULL
    )::wallet.batch_result
$$;
