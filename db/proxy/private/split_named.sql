CREATE OR REPLACE FUNCTION wallet_private.split_named(
    p_at integer[], p_kinds text[], p_names text[]
) RETURNS TABLE (kind text, name text, user_id uuid)
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; SPLIT p_at, p_kinds, p_names; RUN ON p_at;
    SELECT r.* FROM wallet_private.list_named(p_kinds, p_names) AS r;
$$;
