CREATE OR REPLACE FUNCTION wallet_private.find_replay(p_request wallet_private.transfer)
RETURNS wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Finds the transfer that has a request's key, NULL if there is none. Raises WA301 if that transfer
-- answered another request. What was erased of it is not compared. Another key with the same digest
-- counts as another request, since the ledger's index holds digests.
DECLARE
    v_transfer wallet_private.transfer;
    v_is_whole boolean;
    v_field text;
BEGIN
    SELECT t.* INTO v_transfer
    FROM wallet_private.transfer AS t
    WHERE t.user_id = p_request.user_id
        AND hashtextextended(t.idempotency_key, 0)
            = hashtextextended(p_request.idempotency_key, 0);
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    -- Only these kinds say their asset and amount in the request. Of others the function decides
    -- them: a task's reward, for example.
    v_is_whole := p_request.kind IN ('TOPUP', 'BONUS', 'SPEND', 'ADJUST', 'CONVERT', 'HOLD');
    v_field := CASE
        WHEN v_transfer.idempotency_key <> p_request.idempotency_key THEN 'idempotency_key'
        WHEN v_transfer.kind <> p_request.kind THEN 'kind'
        WHEN v_is_whole AND v_transfer.asset_id <> p_request.asset_id
            THEN CASE p_request.kind WHEN 'CONVERT' THEN 'from_asset' ELSE 'asset' END
        WHEN v_is_whole AND p_request.amount <> v_transfer.amount
            + coalesce((v_transfer.details #>> '{result,clipped}')::numeric, 0) THEN 'amount'
        WHEN v_transfer.actor IS NOT NULL
            AND v_transfer.reference IS DISTINCT FROM p_request.reference THEN 'reference'
        WHEN v_transfer.details -> 'expires_at' IS DISTINCT FROM p_request.details -> 'expires_at'
            THEN 'expires_at'
        WHEN p_request.details IS NOT NULL THEN (
            SELECT f.key FROM jsonb_each(p_request.details - 'result') AS f
            WHERE f.value IS DISTINCT FROM v_transfer.details -> f.key
                AND (v_transfer.actor IS NOT NULL OR f.key <> 'reason')
            ORDER BY f.key LIMIT 1
        )
    END;
    IF v_field IS NOT NULL THEN
        RAISE EXCEPTION 'the idempotency key was used for another request'
            USING ERRCODE = 'WA301',
                DETAIL = format(
                    'Its %s differs from that of transaction %s.', v_field,
                    v_transfer.transaction_id
                ),
                HINT = 'Take a new key for a new intent, and send a retry unchanged.';
    END IF;
    RETURN v_transfer;
END
$$;
