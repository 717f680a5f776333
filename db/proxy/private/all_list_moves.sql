CREATE OR REPLACE FUNCTION wallet_private.all_list_moves(p_kind text, p_code text)
RETURNS TABLE (move_id uuid, is_in boolean, amount numeric, place integer, peer integer)
LANGUAGE plproxy
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    CLUSTER 'wallet'; RUN ON ALL; SELECT r.* FROM wallet_private.list_moves(p_kind, p_code) AS r;
$$;
