CREATE OR REPLACE FUNCTION wallet_private.run_get_user_id(p_external_id text)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_user_id uuid := wallet_private.find_user_id('external_id', p_external_id);
BEGIN
    -- Nobody: any partition says so.
    RETURN coalesce(
        v_user_id, wallet_private.get_user_id(wallet_private.any_place(), p_external_id)
    );
END
$$;
