CREATE OR REPLACE FUNCTION wallet.sign_up(
    p_name text,
    p_email text,
    p_phone text,
    p_password_hash text,
    p_actor text DEFAULT NULL
) RETURNS wallet.new_user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_user wallet.user;
    v_asset wallet_private.asset;
    v_refused text[] := ARRAY[]::text[];
BEGIN
    PERFORM wallet_private.check_given('name', p_name);
    PERFORM wallet_private.check_given('email', p_email);
    PERFORM wallet_private.check_given('password_hash', p_password_hash);
    v_user := wallet_private.add_user(NULL, p_name, p_email, p_phone, 'user', p_password_hash);

    FOR v_asset IN
        SELECT a.* FROM wallet_private.asset AS a
        WHERE a.sign_up_bonus IS NOT NULL AND a.archived_at IS NULL
        ORDER BY a.asset_id
    LOOP
        BEGIN
            PERFORM wallet_private.move(
                'BONUS', 1, v_user.user_id, v_asset.code, v_asset.sign_up_bonus,
                'sign_up:' || v_asset.code, 'sign_up', NULL, coalesce(p_actor, v_user.user_id::text)
            );
        EXCEPTION
            -- A cap or a limit that is reached keeps nobody from joining.
            WHEN SQLSTATE 'WA402' OR SQLSTATE 'WA412' OR SQLSTATE 'WA413' THEN
                v_refused := v_refused || v_asset.code;
        END;
    END LOOP;

    RETURN ROW(v_user.user_id, v_user.name, v_user.email, ARRAY(
        SELECT b FROM wallet.list_balances(v_user.user_id) AS b
    ), v_refused)::wallet.new_user;
END
$$;

COMMENT ON FUNCTION wallet.sign_up(text, text, text, text, text) IS
'Makes a user who logs in with a password. The user gets a wallet in every asset and the sign-up
bonus of each. A bonus that is more than the cap or a limit of its asset leaves is not paid:
refused_bonuses names the asset. p_password_hash is the argon2id hash of the password, never the
password itself.
Returns: wallet.new_user.
Locks: of a capped asset that gives a sign-up bonus, a supply stripe.
Raises: WA101 WA106 WA113 WA302';
