CREATE OR REPLACE FUNCTION wallet_private.all_see_share(p_kind text, p_code text)
RETURNS TABLE (place integer, available numeric, given numeric, taken numeric)
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL; SELECT r.* FROM wallet_private.see_share(p_kind, p_code) AS r;
$$;
