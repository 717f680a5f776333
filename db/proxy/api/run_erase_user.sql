CREATE OR REPLACE FUNCTION wallet_private.run_erase_user(
    p_user_id uuid, p_reason text, p_actor text
) RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The user's partition erases, and keeps the names until all others have forgotten them. Whatever
-- fails before that, the same call goes on from there.
DECLARE
    v_place integer := wallet_private.place(p_user_id);
    v_user wallet.user := wallet_private.erase_user(v_place, p_user_id, p_reason, p_actor);
    v_half record;
BEGIN
    FOR v_half IN
        SELECT h.* FROM wallet_private.list_half_erased(v_place, p_user_id) AS h
    LOOP
        PERFORM wallet_private.free_names(v_place, p_user_id);
        PERFORM wallet_private.spread_catalogue()
        FROM wallet_private.all_forget_actor(
            p_user_id, ARRAY[v_half.external_id, v_half.email]
        ) AS f (is_changed)
        HAVING bool_or(f.is_changed);
        PERFORM wallet_private.end_erasure(v_place, p_user_id);
    END LOOP;
    RETURN v_user;
END
$$;
