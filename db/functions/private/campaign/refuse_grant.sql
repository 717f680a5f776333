CREATE OR REPLACE FUNCTION wallet_private.refuse_grant(
    p_ord integer, p_grant wallet.grant_request, p_first integer, p_status text, p_left numeric
) RETURNS wallet.refusal
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Says why a grant was not posted. Its user is unknown (p_first is NULL), or an earlier grant
-- (p_first) names the same user, or the user is not active, or the campaign has too little left.
DECLARE
    v_refusal wallet.refusal;
BEGIN
    PERFORM wallet_private.check_given(
        'user_id, external_id or email',
        coalesce(p_grant.user_id::text, p_grant.external_id, p_grant.email)
    );
    IF p_first IS NULL THEN
        PERFORM wallet_private.refuse_unknown_user(
            left(coalesce(p_grant.user_id::text, p_grant.external_id, p_grant.email), 255)
        );
    ELSIF p_first < p_ord THEN
        RAISE EXCEPTION 'a user is named twice'
            USING ERRCODE = 'WA115',
                DETAIL = format('Grant %s of the call names the same user.', p_first),
                HINT = 'A campaign pays each user once; add the amounts up.';
    ELSIF p_status <> 'active' THEN
        RAISE EXCEPTION 'the account is not active'
            USING ERRCODE = 'WA501',
                DETAIL = format('The user is %s.', p_status),
                HINT = 'An operator can change that with wallet.set_user_status.';
    END IF;
    RAISE EXCEPTION 'the budget is used up'
        USING ERRCODE = 'WA410',
            DETAIL = format(
                'The campaign has %s left, %s is needed.', p_left, p_grant.amount
            ),
            HINT = 'An operator can raise the budget with wallet.change_budget.';
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
