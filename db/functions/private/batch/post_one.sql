CREATE OR REPLACE FUNCTION wallet_private.post_one(
    p_ord integer, p_request wallet.request, p_actor text, p_expires_at timestamptz
) RETURNS wallet.batch_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Posts one request of a batch as if it had been called alone. What it raises is its result.
DECLARE
    v_receipt wallet.receipt;
    v_result wallet.batch_result;
BEGIN
    PERFORM wallet_private.check_given('kind', p_request.kind);
    PERFORM wallet_private.check_choice('kind', p_request.kind, '{TOPUP,BONUS,SPEND}');
    v_receipt := wallet_private.move(
        p_request.kind, CASE p_request.kind WHEN 'SPEND' THEN -1 ELSE 1 END,
        p_request.user_id, p_request.asset, p_request.amount, p_request.idempotency_key,
        p_request.reference, p_request.metadata, p_actor, p_expires_at
    );
    RETURN ROW(p_ord, v_receipt.*, NULL, NULL, NULL, NULL)::wallet.batch_result;
EXCEPTION
    WHEN OTHERS THEN
        IF SQLSTATE !~ '^WA[1-5]' THEN
            RAISE;
        END IF;
        v_result.ord := p_ord;
        GET STACKED DIAGNOSTICS
            v_result.code = RETURNED_SQLSTATE,
            v_result.message = MESSAGE_TEXT,
            v_result.detail = PG_EXCEPTION_DETAIL,
            v_result.hint = PG_EXCEPTION_HINT;
        RETURN v_result;
END
$$;
