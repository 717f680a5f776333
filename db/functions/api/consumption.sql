CREATE OR REPLACE FUNCTION wallet.consumption(p_user_id uuid, p_transaction_id uuid)
RETURNS wallet.consumption
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_original wallet_private.transfer := wallet_private.find_refundable(
        p_user_id, p_transaction_id
    );
    v_has_lot boolean := v_original.details #> '{result,lot}' IS NOT NULL;
    v_asset wallet_private.asset;
    v_answer wallet.consumption;
BEGIN
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_original.asset_id;
    IF v_has_lot THEN
        v_answer := wallet_private.lot_consumption(v_original);
    ELSE
        v_answer := wallet_private.fifo_consumption(v_original);
    END IF;
    RETURN ROW(
        p_user_id, p_transaction_id, v_asset.code, v_original.amount,
        round(v_answer.consumed, v_asset.scale), round(v_answer.taken_back, v_asset.scale),
        round(v_answer.expired, v_asset.scale), round(v_answer.remaining, v_asset.scale),
        CASE WHEN v_has_lot THEN 'own_lot' ELSE 'first_in_first_out' END
    )::wallet.consumption;
END
$$;

COMMENT ON FUNCTION wallet.consumption(uuid, uuid) IS
'How much of what a top-up, or the bonus beside it, credited has been used: what stores ask for
before they decide about a refund. The amount is parted into consumed, taken_back (by refunds and
reversals), expired and remaining. If the credit made a lot, rule is own_lot and each part is that
lot''s. If not, rule is first_in_first_out: debits count as having used the oldest credits first,
and each movement counts without what was taken back of it. It reads what has moved in the wallet
since.
Returns: wallet.consumption.
Locks: nothing.
Raises: WA101 WA117 WA206';
