CREATE OR REPLACE FUNCTION wallet_private.check_lots(
    p_asset wallet_private.asset, p_is_paid_expiring boolean
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Whether an asset may have this order of use, and let what was paid for expire.
BEGIN
    PERFORM wallet_private.check_choice(
        'lot_order', p_asset.lot_order, '{expiring_first,free_first,paid_first}'
    );
    IF p_is_paid_expiring AND p_asset.lot_order IS NULL
        OR NOT p_is_paid_expiring AND p_asset.is_paid_expiring THEN
        RAISE EXCEPTION 'this is not allowed here'
            USING ERRCODE = 'WA502',
                DETAIL = CASE
                    WHEN p_is_paid_expiring
                        THEN format('Asset %s has no lots, so nothing expires.', p_asset.code)
                    ELSE format('There may be paid lots of %s that expire.', p_asset.code)
                END,
                HINT = 'Leave is_paid_expiring out.';
    END IF;
END
$$;
