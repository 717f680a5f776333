CREATE OR REPLACE FUNCTION wallet_private.run_sign_up(
    p_name text, p_email text, p_phone text, p_password_hash text, p_actor text
)
RETURNS wallet.sign_up_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A claim that somebody else has taken away is made anew.
DECLARE
    v_claim_id uuid;
    v_place integer;
    v_detail text;
    v_try integer;
    v_result wallet.sign_up_result;
BEGIN
    LOOP
        v_claim_id := gen_random_uuid();
        BEGIN
            v_place := wallet_private.claim_names(v_claim_id, NULL, p_name, p_email, p_phone);
            v_result := NULL;
            v_try := 0;
            WHILE v_result.user_id IS NULL LOOP
                BEGIN
                    SELECT r.* INTO v_result FROM wallet_private.claimed_sign_up(
                        v_place, v_claim_id, p_name, p_email, p_phone, p_password_hash, p_actor
                    ) AS r;
                EXCEPTION
                    WHEN SQLSTATE 'WA402' THEN
                        GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
                        IF v_try < 0 THEN
                            RAISE;
                        END IF;
                        v_try := wallet_private.gather(v_place, SQLSTATE, v_detail, v_try);
                END;
            END LOOP;
            PERFORM wallet_private.settle(v_claim_id, NULL, p_email, v_result.user_id);
            RETURN v_result;
        EXCEPTION
            WHEN OTHERS THEN
                -- Refused, so there is no user. Whatever else it was, there may be one: then who
                -- wants the name next finds out.
                IF SQLSTATE ~ '^WA' THEN
                    PERFORM wallet_private.settle(v_claim_id, NULL, p_email, NULL);
                END IF;
                IF SQLSTATE <> 'WA901' THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
END
$$;
