CREATE OR REPLACE FUNCTION wallet_private.run_resend_webhook_events(
    p_subscription text, p_transaction_id uuid, p_actor text
) RETURNS wallet.webhook
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A transaction is in one partition; the others do not know it.
BEGIN
    FOR v_place IN REVERSE wallet_private.partitions() - 1..0 LOOP
        BEGIN
            PERFORM wallet_private.resend_webhook_events(
                v_place, p_subscription, p_transaction_id, p_actor
            );
            EXIT WHEN p_transaction_id IS NOT NULL;
        EXCEPTION
            WHEN SQLSTATE 'WA206' THEN
                IF v_place = 0 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
    RETURN wallet_private.see_webhook(p_subscription);
END
$$;
