CREATE OR REPLACE FUNCTION wallet_private.check_expiry(
    p_asset wallet_private.asset, p_kind text, p_amount numeric, p_expires_at timestamptz
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Whether a movement may say when what it credits expires.
BEGIN
    IF p_expires_at IS NULL
        OR wallet_private.is_expiry(p_asset, p_kind, p_amount, p_expires_at) THEN
        RETURN;
    END IF;
    IF p_asset.lot_order IS NULL OR p_amount < 0
        OR p_kind = 'TOPUP' AND NOT p_asset.is_paid_expiring THEN
        RAISE EXCEPTION 'this is not allowed here'
            USING ERRCODE = 'WA502',
                DETAIL = CASE
                    WHEN p_asset.lot_order IS NULL
                        THEN format('Asset %s has no lots, so nothing expires.', p_asset.code)
                    WHEN p_amount < 0 THEN 'A debit makes no lot that could expire.'
                    ELSE format('What is paid for in %s does not expire.', p_asset.code)
                END,
                HINT = 'Leave expires_at out; wallet.update_asset changes what an asset allows.';
    END IF;
    PERFORM wallet_private.check_range(
        'expires_at', p_expires_at, clock_timestamp(), clock_timestamp() + interval '36600 days'
    );
END
$$;
