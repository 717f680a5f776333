CREATE OR REPLACE FUNCTION wallet_private.run_sign_up(
    p_name text, p_email text, p_phone text, p_password_hash text, p_actor text
)
RETURNS wallet.new_user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- As wallet_private.run_create_user.
DECLARE
    v_claim_id uuid;
    v_at record;
    v_user wallet.new_user;
    v_refused text[] := '{}';
    v_asset wallet.asset;
BEGIN
    LOOP
        v_claim_id := gen_random_uuid();
        BEGIN
            SELECT c.* INTO v_at FROM wallet_private.claim_names(
                v_claim_id, NULL, p_name, p_email, p_phone
            ) AS c;
            SELECT r.* INTO v_user FROM wallet_private.claimed_sign_up(
                v_at.place, v_claim_id, v_at.holder, p_name, p_email, p_phone, p_password_hash,
                p_actor
            ) AS r;
            EXIT;
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
                PERFORM wallet_private.free_names(v_at.place, NULL);
        END;
    END LOOP;
    PERFORM wallet_private.settle(v_claim_id, NULL, p_email, v_user.user_id);

    -- Where the partition has too little of a cap, others may have some.
    FOR v_asset IN
        SELECT a.* FROM wallet_private.list_assets(v_at.place) AS a
        WHERE a.asset = ANY (v_user.refused_bonuses)
    LOOP
        BEGIN
            PERFORM wallet.bonus(
                v_user.user_id, v_asset.asset, v_asset.sign_up_bonus, 'sign_up:' || v_asset.asset,
                'sign_up', NULL, coalesce(p_actor, v_user.user_id::text)
            );
        EXCEPTION
            WHEN SQLSTATE 'WA402' OR SQLSTATE 'WA601' THEN
                v_refused := v_refused || v_asset.asset;
        END;
    END LOOP;
    IF v_user.refused_bonuses <> '{}' THEN
        v_user.refused_bonuses := v_refused;
        v_user.balances := ARRAY(
            SELECT b FROM wallet_private.list_balances(v_at.place, v_user.user_id) AS b
        );
    END IF;
    RETURN v_user;
END
$$;
