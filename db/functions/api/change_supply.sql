CREATE OR REPLACE FUNCTION wallet.change_supply(
    p_asset text, p_supply numeric, p_actor text DEFAULT NULL, p_reason text DEFAULT NULL
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
    v_outstanding numeric;
BEGIN
    PERFORM wallet_private.check_isolation();

    -- A wallet says whether its asset has a cap. The lock keeps all movements out: each is either
    -- counted here, or waits for this and finds the new cap.
    LOCK TABLE wallet_private.wallet IN SHARE ROW EXCLUSIVE MODE;
    v_asset := wallet_private.find_asset(p_asset);
    IF p_supply IS NOT NULL THEN
        v_supply := wallet_private.check_amount('supply', p_supply, v_asset);
    END IF;
    SELECT coalesce(sum(w.balance), 0) INTO v_outstanding
    FROM wallet_private.wallet AS w
    WHERE w.asset_id = v_asset.asset_id;
    -- What other partitions have of the cap counts as held.
    v_outstanding := v_outstanding
        + coalesce(v_supply - wallet_private.own_supply(v_asset.code, v_supply), 0);
    IF v_supply < v_outstanding THEN
        RAISE EXCEPTION 'users hold more than that'
            USING ERRCODE = 'WA409',
                DETAIL = format(
                    'Users hold %s %s, %s more than %s.', v_outstanding, v_asset.code,
                    v_outstanding - v_supply, v_supply
                ),
                HINT = format('Set the cap to %s at least.', v_outstanding);
    END IF;

    PERFORM wallet_private.heed_threshold(
        'change_supply', v_asset.code, abs(v_supply - v_asset.supply)
    );
    v_asset := wallet_private.set_supply(v_asset, v_supply, v_outstanding);
    UPDATE wallet_private.wallet AS w SET is_capped = (v_supply IS NOT NULL)
    WHERE w.asset_id = v_asset.asset_id AND w.is_capped <> (v_supply IS NOT NULL);
    PERFORM wallet_private.record_action(
        'change_supply', v_asset.code, to_jsonb(v_asset), p_actor, p_reason
    );
    RETURN wallet_private.to_asset(v_asset);
END
$$;

COMMENT ON FUNCTION wallet.change_supply(text, numeric, text, text) IS
'Sets the most that users may hold of an asset together. NULL lifts the cap. It can''t be less than
what they hold already. p_reason says why, for the record.
Returns: wallet.asset.
Locks: all wallets. It waits until the movements under way have ended, and new ones wait for it. It
sums up all wallets of the asset, and writes them when the asset gets its first cap or loses it.
Raises: WA101 WA102 WA103 WA105 WA106 WA202 WA409 WA415 WA502';
