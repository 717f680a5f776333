CREATE OR REPLACE FUNCTION wallet_private.all_forget_actor(p_user_id uuid, p_names text[])
RETURNS SETOF boolean
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL;
    SELECT wallet_private.forget_actor(p_user_id, p_names);
$$;
