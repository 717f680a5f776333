CREATE OR REPLACE FUNCTION wallet_private.list_moves(p_kind text, p_code text)
RETURNS TABLE (move_id uuid, is_in boolean, amount numeric, place integer, peer integer)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- What was taken from this partition, and given to it.
    SELECT m.move_id, m.is_in, m.amount, p.number, m.peer
    FROM wallet_private.share_move AS m
    CROSS JOIN wallet_private.partition AS p
    WHERE m.kind = p_kind AND m.code = p_code
$$;
