CREATE OR REPLACE FUNCTION wallet.heed_threshold(
    p_function text, p_asset text, p_amount numeric, p_is_replay boolean
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
BEGIN
    IF p_is_replay IS NOT TRUE THEN
        PERFORM wallet_private.heed_threshold(p_function, p_asset, p_amount);
    END IF;
END
$$;

COMMENT ON FUNCTION wallet.heed_threshold(text, text, numeric, boolean) IS
'Refuses a movement that has been made, if it is above the threshold of p_function. The gateway
calls it behind topup, bonus and post_batch, in the same statement, when an operator asks (role
admin or support). For services it does not. A replay has moved nothing and passes.
Returns: nothing.
Locks: nothing.
Raises: WA415';
