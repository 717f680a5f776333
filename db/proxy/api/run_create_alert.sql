CREATE OR REPLACE FUNCTION wallet_private.run_create_alert(
    p_code text,
    p_measure text,
    p_asset text,
    p_campaign text,
    p_user_id uuid,
    p_direction text,
    p_threshold numeric,
    p_margin numeric,
    p_is_share boolean,
    p_within interval,
    p_actor text
) RETURNS wallet.alert
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Each partition watches its own users. Nobody watches what all partitions have together: it
-- crosses a threshold in none of them. In partition 0 at the end: there is no alert as long as that
-- has none.
DECLARE
    v_is_taken boolean;
BEGIN
    IF p_measure = ANY ('{outstanding,supply,budget}') THEN
        PERFORM wallet_private.refuse_on_cluster(format('An alert over %s', p_measure));
    END IF;
    IF p_user_id IS NOT NULL THEN
        PERFORM wallet.get_user(p_user_id);
    END IF;
    v_is_taken := EXISTS (
        SELECT FROM wallet_private.list_alerts(0) AS a WHERE a.alert = p_code
    );
    FOR v_place IN REVERSE wallet_private.partitions() - 1..0 LOOP
        CONTINUE WHEN v_place > 0 AND v_is_taken;
        PERFORM wallet_private.put_alert(
            v_place, p_code, p_measure, p_asset, p_campaign, p_user_id, p_direction, p_threshold,
            p_margin, p_is_share, p_within, p_actor
        );
    END LOOP;
    RETURN (SELECT a FROM wallet_private.run_list_alerts() AS a WHERE a.alert = p_code);
END
$$;
