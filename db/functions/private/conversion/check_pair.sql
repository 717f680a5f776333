CREATE OR REPLACE FUNCTION wallet_private.check_pair(
    p_from wallet_private.asset, p_to wallet_private.asset
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    IF p_from.asset_id = p_to.asset_id THEN
        RAISE EXCEPTION 'an asset does not convert into itself'
            USING ERRCODE = 'WA112',
                DETAIL = format('%s is on both sides.', p_from.code),
                HINT = 'Name two different assets.';
    END IF;
END
$$;
