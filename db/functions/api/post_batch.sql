CREATE OR REPLACE FUNCTION wallet.post_batch(
    p_requests wallet.request[], p_actor text DEFAULT NULL
) RETURNS SETOF wallet.batch_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_request wallet.request;
    v_receipt wallet.receipt;
    v_result wallet.batch_result;
BEGIN
    PERFORM wallet_private.check_given('requests', p_requests);
    PERFORM wallet_private.check_range('requests', cardinality(p_requests), 1, 1000);
    FOR v_ord IN 1..cardinality(p_requests) LOOP
        v_request := p_requests[v_ord];
        v_result := NULL;
        v_result.ord := v_ord;
        BEGIN
            PERFORM wallet_private.check_given('kind', v_request.kind);
            PERFORM wallet_private.check_choice('kind', v_request.kind, '{TOPUP,BONUS,SPEND}');
            v_receipt := wallet_private.move(
                v_request.kind, CASE v_request.kind WHEN 'SPEND' THEN -1 ELSE 1 END,
                v_request.user_id, v_request.asset, v_request.amount, v_request.idempotency_key,
                v_request.reference, v_request.metadata, p_actor
            );
            v_result := ROW(v_ord, v_receipt.*, NULL, NULL, NULL, NULL);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS
                v_result.code = RETURNED_SQLSTATE,
                v_result.message = MESSAGE_TEXT,
                v_result.detail = PG_EXCEPTION_DETAIL,
                v_result.hint = PG_EXCEPTION_HINT;
            IF v_result.code !~ '^WA[1-5]' THEN
                RAISE;
            END IF;
        END;
        RETURN NEXT v_result;
    END LOOP;
END
$$;

COMMENT ON FUNCTION wallet.post_batch(wallet.request[], text) IS
'Up to 1000 independent TOPUP, BONUS and SPEND movements in one call, each accepted or refused by
itself as if it had been called alone, in the order given.
Returns: wallet.batch_result for each, in order: a receipt, or code, message, detail and hint of the
refusal.
Locks: the wallets by user and asset; then, of capped assets, supply stripes by asset.
Raises: WA101 WA109';
