CREATE OR REPLACE FUNCTION wallet.set_user_status(
    p_user_id uuid, p_status text, p_reason text DEFAULT NULL, p_actor text DEFAULT NULL
) RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_user wallet_private.user_account;
    v_asset_id integer;
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    PERFORM wallet_private.check_given('status', p_status);
    PERFORM wallet_private.check_choice('status', p_status, '{active,frozen,closed}');
    PERFORM wallet_private.check_text('reason', p_reason);

    UPDATE wallet_private.user_account AS u
    SET
        status = p_status,
        status_reason = p_reason,
        tokens_revoked_at = CASE
            WHEN p_status = 'active' THEN u.tokens_revoked_at ELSE clock_timestamp()
        END
    WHERE u.user_id = p_user_id AND u.status <> 'erased'
    RETURNING * INTO v_user;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_erased(p_user_id);
    END IF;
    FOR v_asset_id IN
        SELECT w.asset_id FROM wallet_private.wallet AS w
        WHERE w.user_id = p_user_id
        ORDER BY w.asset_id
    LOOP
        UPDATE wallet_private.wallet AS w SET is_active = (p_status = 'active')
        WHERE w.user_id = p_user_id AND w.asset_id = v_asset_id;
    END LOOP;
    PERFORM wallet_private.record_action(
        'set_user_status', p_user_id::text,
        jsonb_build_object('status', p_status, 'reason', p_reason), p_actor
    );
    RETURN wallet_private.to_user(v_user);
END
$$;

COMMENT ON FUNCTION wallet.set_user_status(uuid, text, text, text) IS
'Freezes, closes or reopens an account (frozen, closed, active). When it has returned, an account
that is not active has no movements but reversals and adjustments. Its tokens are cut off for ever:
when the account is reopened, the user has to log in again.
Returns: wallet.user.
Locks: the account, then the user''s wallets by asset.
Raises: WA101 WA106 WA110 WA201 WA504';
