CREATE OR REPLACE FUNCTION wallet.drop_subscription(
    p_subscription text, p_actor text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_subscription wallet_private.subscription;
BEGIN
    v_subscription := wallet_private.find_subscription(p_subscription);
    DELETE FROM wallet_private.subscription AS s
    WHERE s.subscription_id = v_subscription.subscription_id;
    PERFORM wallet_private.record_action(
        'drop_subscription', p_subscription, to_jsonb(v_subscription), p_actor
    );
END
$$;

COMMENT ON FUNCTION wallet.drop_subscription(text, text) IS
'Ends a subscription; the ledger stays as it is.
Returns: nothing.
Locks: the subscription.
Raises: WA101 WA106 WA220';
