CREATE OR REPLACE FUNCTION wallet_private.run_settle_webhook_events(
    p_subscription text, p_claim uuid, p_results wallet.webhook_result[]
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The claim says which partition it is of, as a user's id does. What that has learnt of the
-- receiver is told to the others, as far as they can be reached: they would learn it themselves.
DECLARE
    v_place integer := coalesce(uuid_hash(p_claim), 0) & (wallet_private.partitions() - 1);
BEGIN
    PERFORM wallet_private.settle_webhook_events(v_place, p_subscription, p_claim, p_results);
    IF EXISTS (SELECT FROM unnest(p_results) AS r WHERE r.outcome = 'failed') THEN
        BEGIN
            PERFORM wallet_private.all_heed_receiver(
                p_subscription, w.status, w.failures, w.rest_ends_at
            )
            FROM wallet_private.list_webhooks(v_place) AS w
            WHERE w.subscription = p_subscription
                AND (w.status = 'gone' OR w.rest_ends_at IS NOT NULL);
        EXCEPTION
            WHEN OTHERS THEN
                RAISE LOG 'not all partitions know of a receiver: %', SQLERRM;
        END;
    END IF;
END
$$;
