CREATE OR REPLACE FUNCTION wallet_private.refuse_import(
    p_ord integer, p_user wallet.user_request
) RETURNS wallet.refusal
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Says why a user was not imported. Returns NULL if this very user is there already.
DECLARE
    v_refusal wallet.refusal;
BEGIN
    PERFORM wallet_private.check_given(
        'external_id or email', coalesce(p_user.external_id, p_user.email)
    );
    PERFORM wallet_private.check_user(
        p_user.external_id, p_user.name, p_user.email, p_user.phone
    );
    PERFORM FROM wallet_private.user_account AS u
    WHERE u.external_id = p_user.external_id
        AND (
            p_user.email IS NULL
            OR lower(u.email COLLATE "C") = lower(p_user.email COLLATE "C")
        );
    IF NOT FOUND THEN
        PERFORM FROM wallet_private.user_account AS u
        WHERE p_user.external_id IS NULL
            AND lower(u.email COLLATE "C") = lower(p_user.email COLLATE "C");
    END IF;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_user(p_user.external_id, p_user.email);
    END IF;
    RETURN NULL;
EXCEPTION
    WHEN OTHERS THEN
        IF SQLSTATE !~ '^WA[1-5]' THEN
            RAISE;
        END IF;
        v_refusal.ord := p_ord;
        GET STACKED DIAGNOSTICS
            v_refusal.code = RETURNED_SQLSTATE,
            v_refusal.message = MESSAGE_TEXT,
            v_refusal.detail = PG_EXCEPTION_DETAIL,
            v_refusal.hint = PG_EXCEPTION_HINT;
        RETURN v_refusal;
END
$$;
