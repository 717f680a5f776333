CREATE OR REPLACE FUNCTION wallet.update_asset(
    p_asset text,
    p_name text DEFAULT NULL,
    p_sign_up_bonus numeric DEFAULT NULL,
    p_is_purchasable boolean DEFAULT NULL,
    p_is_archived boolean DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_lot_order text DEFAULT NULL,
    p_expires_in interval DEFAULT NULL,
    p_is_paid_expiring boolean DEFAULT NULL,
    p_is_debt_blocking boolean DEFAULT NULL,
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
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_sign_up_bonus numeric;
    v_gets_lots boolean := v_asset.lot_order IS NULL AND p_lot_order IS NOT NULL;
BEGIN
    -- What users hold becomes lots: none of it moves meanwhile.
    IF v_gets_lots THEN
        PERFORM wallet_private.check_isolation();
        PERFORM wallet_private.keep_out_for_lots(v_asset.asset_id);
        v_asset := wallet_private.find_asset(p_asset);
        v_gets_lots := v_asset.lot_order IS NULL;
    END IF;
    v_asset.lot_order := coalesce(p_lot_order, v_asset.lot_order);
    PERFORM wallet_private.check_lots(v_asset, p_is_paid_expiring);
    IF p_expires_in <> interval '0' THEN
        p_expires_in := wallet_private.check_expires_in(v_asset, p_expires_in);
    END IF;
    PERFORM wallet_private.check_text('name', p_name);
    IF p_sign_up_bonus <> 0 THEN
        v_sign_up_bonus := wallet_private.check_amount('sign_up_bonus', p_sign_up_bonus, v_asset);
    END IF;

    UPDATE wallet_private.asset AS a
    SET name = coalesce(p_name, a.name),
        sign_up_bonus = CASE
            WHEN p_sign_up_bonus IS NULL THEN a.sign_up_bonus ELSE v_sign_up_bonus
        END,
        is_purchasable = coalesce(p_is_purchasable, a.is_purchasable),
        archived_at = CASE coalesce(p_is_archived, a.archived_at IS NOT NULL)
            WHEN true THEN coalesce(a.archived_at, now())
        END,
        lot_order = coalesce(p_lot_order, a.lot_order),
        expires_in = nullif(coalesce(p_expires_in, a.expires_in), interval '0'),
        is_paid_expiring = coalesce(p_is_paid_expiring, a.is_paid_expiring),
        is_debt_blocking = coalesce(p_is_debt_blocking, a.is_debt_blocking),
        got_lots_at = CASE WHEN v_gets_lots THEN clock_timestamp() ELSE a.got_lots_at END
    WHERE a.asset_id = v_asset.asset_id
    RETURNING * INTO v_asset;
    IF v_gets_lots THEN
        PERFORM wallet_private.make_lots(v_asset);
    END IF;
    PERFORM wallet_private.record_action(
        'update_asset', v_asset.code, to_jsonb(v_asset), p_actor, p_reason
    );
    RETURN wallet_private.to_asset(v_asset);
END
$$;

COMMENT ON FUNCTION wallet.update_asset(
    text, text, numeric, boolean, boolean, text, text, interval, boolean, boolean, text
) IS
'Changes those fields of an asset that are given; NULL leaves a field as it is. p_sign_up_bonus 0
takes the bonus away. Nothing moves in an archived asset, and p_is_archived false brings it back.
p_lot_order gives the asset lots, for good, or changes the order of use. When it gets lots, what
users hold becomes paid lots, as far as history tells that it came from top-ups, or else free ones.
None of it expires. p_expires_in is for credits from now on, and 0 takes it away. p_is_paid_expiring
can be set, but not taken back. p_reason says why, for the record.
Returns: wallet.asset.
Locks: the asset''s row. When it gets lots, all movements, until those under way have ended
and this one too; it reads the whole ledger of the asset.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA110 WA202 WA502';
