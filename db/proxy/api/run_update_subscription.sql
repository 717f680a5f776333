CREATE OR REPLACE FUNCTION wallet_private.run_update_subscription(
    p_subscription text, p_assets text[], p_kinds text[], p_actor text, p_alerts text[]
) RETURNS wallet.subscription
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    FOR v_place IN REVERSE wallet_private.partitions() - 1..0 LOOP
        PERFORM wallet_private.update_subscription(
            v_place, p_subscription, p_assets, p_kinds, p_actor, p_alerts
        );
    END LOOP;
    RETURN (
        SELECT s FROM wallet_private.run_list_subscriptions() AS s
        WHERE s.subscription = p_subscription
    );
END
$$;
