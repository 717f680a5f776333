CREATE OR REPLACE FUNCTION wallet_private.list_names(p_kind text, p_names text[])
RETURNS TABLE (name text, place integer, user_id uuid)
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_names; RUN ON wallet_private.name_place(p_names);
$$;
