CREATE OR REPLACE FUNCTION wallet_private.run_create_user(
    p_external_id text, p_name text, p_email text, p_phone text, p_role text, p_actor text
)
RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A claim that somebody else has taken away is made anew, and so is one for a name of somebody who
-- is erased.
DECLARE
    v_claim_id uuid;
    v_at record;
    v_user wallet.user;
BEGIN
    LOOP
        v_claim_id := gen_random_uuid();
        BEGIN
            SELECT c.* INTO v_at FROM wallet_private.claim_names(
                v_claim_id, p_external_id, p_name, p_email, p_phone
            ) AS c;
            SELECT u.* INTO v_user FROM wallet_private.claimed_create_user(
                v_at.place, v_claim_id, v_at.holder, p_external_id, p_name, p_email, p_phone,
                p_role, p_actor
            ) AS u;
            PERFORM wallet_private.settle(v_claim_id, p_external_id, p_email, v_user.user_id);
            RETURN v_user;
        EXCEPTION
            WHEN OTHERS THEN
                -- Refused, so there is no user. Whatever else it was, there may be one: then who
                -- wants the name next finds out.
                IF SQLSTATE ~ '^WA' THEN
                    PERFORM wallet_private.settle(v_claim_id, p_external_id, p_email, NULL);
                END IF;
                IF SQLSTATE <> 'WA901' THEN
                    RAISE;
                END IF;
                PERFORM wallet_private.free_names(v_at.place, NULL);
        END;
    END LOOP;
END
$$;
