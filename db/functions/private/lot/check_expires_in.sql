CREATE OR REPLACE FUNCTION wallet_private.check_expires_in(
    p_asset wallet_private.asset, p_expires_in interval
) RETURNS interval
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- How long a credit of this asset may live, in seconds.
BEGIN
    IF p_expires_in IS NOT NULL AND p_asset.lot_order IS NULL THEN
        RAISE EXCEPTION 'this is not allowed here'
            USING ERRCODE = 'WA502',
                DETAIL = format('Asset %s has no lots, so nothing expires.', p_asset.code),
                HINT = 'wallet.update_asset gives it lots.';
    END IF;
    RETURN wallet_private.check_duration('expires_in', p_expires_in);
END
$$;
