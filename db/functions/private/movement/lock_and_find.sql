CREATE OR REPLACE FUNCTION wallet_private.lock_and_find(
    p_request wallet_private.transfer, p_asset_ids integer[]
) RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Locks the wallets that a request will move, in their order. Then finds the transfer if the
-- request is a replay. So a copy waits while the request is under way, and is not refused for what
-- changed meanwhile.
DECLARE
    v_asset_id integer;
BEGIN
    FOR v_asset_id IN SELECT u.asset_id FROM unnest(p_asset_ids) AS u (asset_id) ORDER BY u.asset_id
    LOOP
        PERFORM wallet_private.lock_wallet(p_request.user_id, v_asset_id);
    END LOOP;
    RETURN wallet_private.find_replay(p_request);
END
$$;
