CREATE OR REPLACE FUNCTION wallet_private.run_create_subscription(
    p_code text,
    p_assets text[],
    p_kinds text[],
    p_user_id uuid,
    p_start text,
    p_actor text,
    p_alerts text[]
) RETURNS wallet.subscription
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- In partition 0 at the end: there is no subscription as long as that has none.
DECLARE
    v_is_taken boolean := EXISTS (
        SELECT FROM wallet_private.list_subscriptions(0) AS s WHERE s.subscription = p_code
    );
BEGIN
    IF p_user_id IS NOT NULL THEN
        PERFORM wallet.get_user(p_user_id);
    END IF;
    FOR v_place IN REVERSE wallet_private.partitions() - 1..0 LOOP
        CONTINUE WHEN v_place > 0 AND v_is_taken;
        PERFORM wallet_private.put_subscription(
            v_place, p_code, p_assets, p_kinds, p_user_id, p_start, p_actor, p_alerts
        );
    END LOOP;
    RETURN (
        SELECT s FROM wallet_private.run_list_subscriptions() AS s WHERE s.subscription = p_code
    );
END
$$;
