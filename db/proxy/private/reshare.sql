CREATE OR REPLACE FUNCTION wallet_private.reshare(
    p_kind text, p_code text, p_whole numeric, p_actor text
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Before partition 0 changes how much there is of something scarce, it gets what the others have
-- of it. If there is no limit any more (NULL), there is none in any of them. The caller has the
-- turn, so no share is taken by others meanwhile; who is short of it waits.
DECLARE
    v_part record;
    v_move_id uuid;
    v_amount numeric;
BEGIN
    PERFORM wallet_private.finish_moves(p_kind, p_code);
    FOR v_part IN
        SELECT s.place, s.available FROM wallet_private.all_see_share(p_kind, p_code) AS s
        WHERE s.place > 0 OR p_whole IS NULL
        ORDER BY s.place DESC
    LOOP
        v_move_id := gen_random_uuid();
        IF p_whole IS NULL THEN
            PERFORM wallet_private.lift_share(v_part.place, p_kind, p_code, p_actor);
        ELSIF v_part.available IS NULL THEN
            PERFORM wallet_private.limit_share(
                v_part.place, p_kind, p_code, p_whole, v_move_id, p_actor
            );
        ELSE
            v_amount := wallet_private.take_share(
                v_part.place, v_move_id, p_kind, p_code, NULL, 0
            );
            IF v_amount > 0 THEN
                PERFORM wallet_private.give_share(
                    0, v_move_id, p_kind, p_code, v_amount, v_part.place
                );
            END IF;
        END IF;
    END LOOP;
    PERFORM wallet_private.note_taken(0, m.move_id, p_kind, p_code, m.amount, m.place)
    FROM (
        SELECT
            a.move_id, bool_and(a.is_in) AS is_only_in, min(a.amount) AS amount,
            min(a.place) AS place
        FROM wallet_private.all_list_moves(p_kind, p_code) AS a
        GROUP BY a.move_id
    ) AS m
    WHERE m.is_only_in;
END
$$;
