CREATE OR REPLACE FUNCTION wallet_private.to_user(p_user wallet_private.user_account)
RETURNS wallet.user
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_user.user_id, p_user.external_id, p_user.name, p_user.email, p_user.phone, p_user.role,
        p_user.status, p_user.created_at
    )::wallet.user
$$;
