CREATE OR REPLACE FUNCTION wallet_private.run_get_credential(p_email text)
RETURNS wallet.credential
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
BEGIN
    RETURN wallet_private.get_credential(
        wallet_private.place(wallet_private.find_user_id('email', lower(p_email))), p_email
    );
END
$$;
