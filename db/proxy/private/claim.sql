CREATE OR REPLACE FUNCTION wallet_private.claim(
    p_kind text, p_name text, p_claim_id uuid, p_place integer
) RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes a name for a user who is about to be made in a partition. Returns NULL, or the user
-- who has the name. Whoever claimed it and is slow is waited for, as a unique index would.
-- After a few seconds the claim is settled for him: by the user that he has made, or by barring it.
DECLARE
    v_at integer := wallet_private.name_place(p_name);
    v_holder record;
    v_user_id uuid;
BEGIN
    LOOP
        SELECT n.* INTO v_holder
        FROM wallet_private.claim_name(v_at, p_kind, p_name, p_claim_id, p_place) AS n;
        IF v_holder.claim_id = p_claim_id THEN
            RETURN NULL;
        ELSIF v_holder.user_id IS NOT NULL THEN
            RETURN v_holder.user_id;
        ELSIF v_holder.is_old THEN
            v_user_id := wallet_private.bar_claim(
                v_holder.place, v_holder.claim_id, p_kind, p_name
            );
            IF v_user_id IS NOT NULL THEN
                PERFORM wallet_private.settle_name(
                    v_at, p_kind, p_name, v_holder.claim_id, v_user_id
                );
            ELSIF wallet_private.take_name(
                v_at, p_kind, p_name, v_holder.claim_id, p_claim_id, p_place
            ) THEN
                RETURN NULL;
            END IF;
        ELSE
            PERFORM pg_sleep(0.02);
        END IF;
    END LOOP;
END
$$;
