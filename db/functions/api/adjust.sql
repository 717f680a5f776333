CREATE OR REPLACE FUNCTION wallet.adjust(
    p_user_id uuid,
    p_asset text,
    p_amount numeric,
    p_idempotency_key text,
    p_reference text,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_expires_at timestamptz DEFAULT NULL
) RETURNS wallet.receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_receipt wallet.receipt;
BEGIN
    PERFORM wallet_private.check_given('reference', p_reference);
    PERFORM wallet_private.check_given('amount', p_amount);
    v_receipt := wallet_private.move(
        'ADJUST', CASE WHEN p_amount < 0 THEN -1 ELSE 1 END, p_user_id, p_asset,
        abs(p_amount), p_idempotency_key, p_reference, p_metadata, p_actor, p_expires_at
    );
    IF NOT v_receipt.is_replay THEN
        PERFORM wallet_private.heed_threshold('adjust', v_receipt.asset, v_receipt.amount);
    END IF;
    RETURN v_receipt;
END
$$;

COMMENT ON FUNCTION wallet.adjust(uuid, text, numeric, text, text, jsonb, text, timestamptz) IS
'Corrects a balance by hand: it credits (p_amount > 0) or debits (< 0). It works on frozen and
closed accounts too. p_reference says why and is required. p_expires_at is as in wallet.bonus.
Returns: wallet.receipt. For a key that was used before it is the first one again, with is_replay.
Locks: the user''s wallet in the asset; then, of a capped asset, a supply stripe.
Raises: WA101 WA102 WA103 WA104 WA105 WA106 WA109 WA111 WA201 WA202 WA301 WA401 WA402 WA415 WA502
WA503';
