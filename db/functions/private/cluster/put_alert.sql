CREATE OR REPLACE FUNCTION wallet_private.put_alert(
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
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Makes this partition's part of an alert. Its user may live in another one. What a try that
-- failed has left in a partition other than 0 is replaced.
BEGIN
    DELETE FROM wallet_private.alert AS a
    WHERE a.code = p_code AND EXISTS (
        SELECT FROM wallet_private.partition AS p WHERE p.number <> 0
    );
    PERFORM wallet.create_alert(
        p_code, p_measure, p_asset, p_campaign,
        (SELECT u.user_id FROM wallet_private.user_account AS u WHERE u.user_id = p_user_id),
        p_direction, p_threshold, p_margin, p_is_share, p_within, p_actor
    );
    UPDATE wallet_private.alert AS a SET user_id = p_user_id
    WHERE a.code = p_code AND a.user_id IS DISTINCT FROM p_user_id;
END
$$;
