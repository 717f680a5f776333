CREATE OR REPLACE FUNCTION wallet_private.free_name(
    p_kind text, p_name text, p_user_id uuid, p_place integer
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes a name from a user whom a partition has erased; somebody else may have it already. A claim
-- of that partition may be the user's own, which was never settled: it is barred, and whoever else
-- made it begins anew.
DECLARE
    v_at integer := wallet_private.name_place(p_name);
    v_holder record;
BEGIN
    LOOP
        SELECT n.* INTO v_holder FROM wallet_private.find_name(v_at, p_kind, p_name) AS n;
        IF v_holder.user_id = p_user_id THEN
            PERFORM wallet_private.drop_name(v_at, p_kind, p_name, p_user_id);
            RETURN;
        ELSIF v_holder.user_id IS NULL AND v_holder.place = p_place THEN
            PERFORM wallet_private.settle_name(
                v_at, p_kind, p_name, v_holder.claim_id,
                wallet_private.bar_claim(p_place, v_holder.claim_id, p_kind, p_name)
            );
        ELSE
            RETURN;
        END IF;
    END LOOP;
END
$$;
