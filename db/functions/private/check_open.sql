CREATE OR REPLACE FUNCTION wallet_private.check_open(p_asset wallet_private.asset, p_kind text)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
BEGIN
    PERFORM wallet_private.check_active('Asset', p_asset.code, p_asset.archived_at IS NULL);
    IF p_kind = 'TOPUP' AND NOT p_asset.is_purchasable THEN
        RAISE EXCEPTION 'this is not allowed here'
            USING ERRCODE = 'WA502',
                DETAIL = format('Asset %s is not for sale, so it has no top-ups.', p_asset.code),
                HINT = 'Credit it as a bonus, a task''s reward or a conversion.';
    END IF;
END
$$;
