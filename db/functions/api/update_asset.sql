CREATE OR REPLACE FUNCTION wallet.update_asset(
    p_asset text,
    p_name text DEFAULT NULL,
    p_sign_up_bonus numeric DEFAULT NULL,
    p_is_purchasable boolean DEFAULT NULL,
    p_is_archived boolean DEFAULT NULL,
    p_actor text DEFAULT NULL
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
BEGIN
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
        END
    WHERE a.asset_id = v_asset.asset_id
    RETURNING * INTO v_asset;
    PERFORM wallet_private.record_action('update_asset', v_asset.code, to_jsonb(v_asset), p_actor);
    RETURN wallet_private.to_asset(v_asset);
END
$$;

COMMENT ON FUNCTION wallet.update_asset(text, text, numeric, boolean, boolean, text) IS
'Changes those fields of an asset that are given; NULL leaves a field as it is. p_sign_up_bonus 0
takes the bonus away. Nothing moves in an archived asset, and p_is_archived false brings it back.
Returns: wallet.asset.
Locks: the asset''s row.
Raises: WA101 WA102 WA103 WA105 WA106 WA202';
