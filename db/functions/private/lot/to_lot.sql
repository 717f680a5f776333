CREATE OR REPLACE FUNCTION wallet_private.to_lot(p_transfer wallet_private.transfer)
RETURNS wallet_private.lot
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The lot that a credit makes, as its details say.
    SELECT ROW(
        p_transfer.user_id, p_transfer.asset_id, p_transfer.seq,
        p_transfer.details #>> '{result,lot,origin}', p_transfer.amount, p_transfer.amount, 0,
        wallet_private.to_instant(p_transfer.details #>> '{result,lot,expires_at}'), true
    )::wallet_private.lot
$$;
