CREATE OR REPLACE FUNCTION wallet_private.give_back_use(
    p_user_id uuid, p_limit_id bigint, p_period bigint, p_used numeric
) RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    UPDATE wallet_private.limit_use AS u SET used = u.used - p_used
    WHERE u.user_id = p_user_id AND u.limit_id = p_limit_id AND u.period = p_period
$$;
