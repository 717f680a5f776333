CREATE OR REPLACE FUNCTION wallet_private.add_user(
    p_external_id text,
    p_name text,
    p_email text,
    p_phone text,
    p_role text,
    p_password_hash text
) RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Makes a user with a wallet in every asset, and with a password if one is given.
DECLARE
    v_user wallet_private.user_account;
BEGIN
    PERFORM wallet_private.check_user(p_external_id, p_name, p_email, p_phone);
    PERFORM wallet_private.check_text('password_hash', p_password_hash);
    PERFORM wallet_private.check_given('role', p_role);
    PERFORM wallet_private.check_choice('role', p_role, '{user,support,service,admin}');

    INSERT INTO wallet_private.user_account (user_id, external_id, name, email, phone, role)
    VALUES (wallet_private.new_user_id(), p_external_id, p_name, p_email, p_phone, p_role)
    ON CONFLICT DO NOTHING
    RETURNING * INTO v_user;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_user(p_external_id, p_email);
    END IF;
    IF p_password_hash IS NOT NULL THEN
        INSERT INTO wallet_private.credential (user_id, password_hash)
        VALUES (v_user.user_id, p_password_hash);
    END IF;
    PERFORM wallet_private.open_wallets(v_user.user_id);
    RETURN wallet_private.to_user(v_user);
END
$$;
