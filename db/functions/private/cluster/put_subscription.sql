CREATE OR REPLACE FUNCTION wallet_private.put_subscription(
    p_code text,
    p_assets text[],
    p_kinds text[],
    p_user_id uuid,
    p_start text,
    p_actor text,
    p_alerts text[]
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Makes this partition's part of a subscription. Its user may live in another one. What a try that
-- failed has left in a partition other than 0 is replaced.
BEGIN
    DELETE FROM wallet_private.subscription AS s
    WHERE s.code = p_code AND EXISTS (
        SELECT FROM wallet_private.partition AS p WHERE p.number <> 0
    );
    PERFORM wallet.create_subscription(p_code, p_assets, p_kinds, NULL, p_start, p_actor, p_alerts);
    UPDATE wallet_private.subscription AS s SET user_id = p_user_id WHERE s.code = p_code;
END
$$;
