CREATE OR REPLACE FUNCTION wallet_private.finish_moves(p_kind text, p_code text) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Gives what somebody has taken and not yet given, for him. Given twice, it counts once.
DECLARE
    v_move record;
BEGIN
    FOR v_move IN
        WITH move AS MATERIALIZED (
            SELECT m.* FROM wallet_private.all_list_moves(p_kind, p_code) AS m
        )

        SELECT o.* FROM move AS o
        WHERE NOT o.is_in
            AND NOT EXISTS (SELECT FROM move AS i WHERE i.is_in AND i.move_id = o.move_id)
    LOOP
        PERFORM wallet_private.give_share(
            v_move.peer, v_move.move_id, p_kind, p_code, v_move.amount, v_move.place
        );
    END LOOP;
END
$$;
