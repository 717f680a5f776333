CREATE OR REPLACE FUNCTION wallet.create_asset(
    p_code text,
    p_name text,
    p_scale integer DEFAULT 0,
    p_supply numeric DEFAULT NULL,
    p_sign_up_bonus numeric DEFAULT NULL,
    p_is_purchasable boolean DEFAULT true,
    p_actor text DEFAULT NULL,
    p_lot_order text DEFAULT NULL,
    p_expires_in interval DEFAULT NULL,
    p_is_paid_expiring boolean DEFAULT false,
    p_is_debt_blocking boolean DEFAULT false,
    p_reason text DEFAULT NULL
) RETURNS wallet.asset
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_asset wallet_private.asset;
    v_supply numeric;
BEGIN
    PERFORM wallet_private.check_code(p_code, '^[A-Z][A-Z0-9_]{1,31}$');
    PERFORM wallet_private.check_given('name', p_name);
    PERFORM wallet_private.check_text('name', p_name);
    PERFORM wallet_private.check_given('scale', p_scale);
    PERFORM wallet_private.check_range('scale', p_scale, 0, 8);
    PERFORM wallet_private.check_given('is_purchasable', p_is_purchasable);
    PERFORM wallet_private.check_given('is_paid_expiring', p_is_paid_expiring);
    PERFORM wallet_private.check_given('is_debt_blocking', p_is_debt_blocking);
    v_asset.code := p_code;
    v_asset.scale := p_scale;
    v_asset.lot_order := p_lot_order;
    PERFORM wallet_private.check_lots(v_asset, p_is_paid_expiring);
    p_expires_in := wallet_private.check_expires_in(v_asset, p_expires_in);
    IF p_supply IS NOT NULL THEN
        v_supply := wallet_private.check_amount('supply', p_supply, v_asset);
    END IF;
    IF p_sign_up_bonus IS NOT NULL THEN
        v_asset.sign_up_bonus := wallet_private.check_amount(
            'sign_up_bonus', p_sign_up_bonus, v_asset
        );
    END IF;

    INSERT INTO wallet_private.asset (
        code, name, scale, sign_up_bonus, is_purchasable, lot_order, expires_in, is_paid_expiring,
        is_debt_blocking, got_lots_at, feed_base, server_started_at
    ) VALUES (
        p_code, p_name, p_scale, v_asset.sign_up_bonus, p_is_purchasable, p_lot_order,
        p_expires_in, p_is_paid_expiring, p_is_debt_blocking,
        CASE WHEN p_lot_order IS NOT NULL THEN now() END,
        wallet_private.renew_feed(), pg_postmaster_start_time()
    )
    ON CONFLICT (code) DO NOTHING
    RETURNING * INTO v_asset;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('an asset', p_code);
    END IF;
    IF v_supply IS NOT NULL THEN
        v_asset := wallet_private.set_supply(v_asset, v_supply, 0);
    END IF;
    PERFORM wallet_private.record_action(
        'create_asset', v_asset.code, to_jsonb(v_asset), p_actor, p_reason
    );
    RETURN wallet_private.to_asset(v_asset);
END
$$;

COMMENT ON FUNCTION wallet.create_asset(
    text, text, integer, numeric, numeric, boolean, text, text, interval, boolean, boolean, text
) IS
'Makes a currency. It has a code, p_scale decimals (0 to 8), and a cap on what users may hold of it
together (p_supply, NULL = no cap). p_sign_up_bonus is what a new sign-up gets of it, and
p_is_purchasable says whether top-ups may credit it. p_lot_order (expiring_first, free_first or
paid_first) gives it lots: each credit is kept apart, as paid or free, until debits have used it up
in this order. p_expires_in (1 second to 3660 days, NULL = for ever) is how long a credit lives if
nothing else says. What was paid for expires only if p_is_paid_expiring. p_is_debt_blocking says
that who owes some of it (wallet.set_refunded) can''t spend it, nor what holds have set aside.
p_reason says why, for the record.
Returns: wallet.asset.
Locks: nothing that others wait for.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA110 WA114 WA304 WA502';
