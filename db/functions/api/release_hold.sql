CREATE OR REPLACE FUNCTION wallet.release_hold(
    p_user_id uuid,
    p_hold_id uuid,
    p_idempotency_key text,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.hold
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_hold wallet_private.hold;
    v_asset wallet_private.asset;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(p_user_id, p_idempotency_key, NULL, p_metadata, p_actor);
    v_request := wallet_private.new_transfer(
        'RELEASE', p_user_id, NULL, NULL, p_idempotency_key, NULL,
        jsonb_build_object('hold_id', p_hold_id),
        p_metadata, p_actor
    );
    v_hold := wallet_private.find_hold(p_user_id, p_hold_id);
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_hold.asset_id;

    -- 2. Answer a replay. The lock of the wallet protects its holds too.
    v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_hold.asset_id]);

    -- 3.-5. Free what is still held, append the transfer, close the hold.
    IF v_transfer.transaction_id IS NULL THEN
        v_hold := wallet_private.find_open_hold(p_user_id, p_hold_id);
        v_request.asset_id := v_hold.asset_id;
        v_request.amount := 0;
        v_transfer := wallet_private.post(v_request, v_hold.captured - v_hold.amount);
        IF v_transfer.transaction_id = v_request.transaction_id THEN
            UPDATE wallet_private.hold AS h
            SET status = 'released', closed_at = v_transfer.created_at
            WHERE h.user_id = p_user_id AND h.hold_id = p_hold_id;
        END IF;
    END IF;

    -- 6. Return the receipt. A released hold never changes again.
    v_hold := wallet_private.find_hold(p_user_id, p_hold_id);
    RETURN wallet_private.to_hold(
        v_hold, v_asset.code,
        (SELECT t FROM wallet_private.transfer AS t
         WHERE t.user_id = p_user_id AND t.transaction_id = p_hold_id),
        v_transfer.transaction_id <> v_request.transaction_id
    );
END
$$;

COMMENT ON FUNCTION wallet.release_hold(uuid, uuid, text, jsonb, text) IS
'Gives up a hold. What it still holds is available again.
Returns: wallet.hold. For a key that was used before it is the first one again, with is_replay.
Locks: the user''s wallet in the hold''s asset, which protects its holds.
Raises: WA101 WA104 WA106 WA111 WA205 WA301 WA307';
