CREATE OR REPLACE FUNCTION wallet.spend(
    p_user_id uuid,
    p_asset text,
    p_amount numeric,
    p_idempotency_key text,
    p_reference text DEFAULT NULL,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
BEGIN
    RETURN wallet_private.move(
        'SPEND', -1, p_user_id, p_asset, p_amount, p_idempotency_key, p_reference, p_metadata,
        p_actor
    );
END
$$;

COMMENT ON FUNCTION wallet.spend(uuid, text, numeric, text, text, jsonb, text) IS
'Debits a user, and never more than is available.
Returns: wallet.receipt. For a key that was used before it is the first one again, with is_replay.
Locks: the user''s wallet in the asset; then, of a capped asset, a supply stripe.
Raises: WA101 WA102 WA103 WA104 WA105 WA106 WA111 WA201 WA202 WA301 WA401 WA412 WA414 WA501 WA503';
