CREATE OR REPLACE FUNCTION wallet.set_conversion_rate(
    p_from_asset text,
    p_to_asset text,
    p_from_amount numeric,
    p_to_amount numeric,
    p_actor text DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.conversion_rate
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_from wallet_private.asset := wallet_private.find_asset(p_from_asset, 'from_asset');
    v_to wallet_private.asset := wallet_private.find_asset(p_to_asset, 'to_asset');
    v_from_amount numeric := wallet_private.check_amount('from_amount', p_from_amount, v_from);
    v_to_amount numeric := wallet_private.check_amount('to_amount', p_to_amount, v_to);
    v_rate wallet_private.conversion_rate;
    v_gain text;
BEGIN
    PERFORM wallet_private.check_pair(v_from, v_to);
    -- Rates are set one after the other: two that are set at once could gain together, though
    -- neither gains alone.
    LOCK TABLE wallet_private.conversion_rate IN SHARE ROW EXCLUSIVE MODE;
    v_gain := wallet_private.find_gain(v_from.asset_id, v_to.asset_id, v_from_amount, v_to_amount);
    IF v_gain IS NOT NULL THEN
        RAISE EXCEPTION 'the rates would let a round trip gain'
            USING ERRCODE = 'WA308',
                DETAIL = format('%s would end with more than it began with.', v_gain),
                HINT = 'Give less for it, or change the rates of the way back first.';
    END IF;

    PERFORM wallet_private.heed_threshold('set_conversion_rate', v_to.code, NULL);
    UPDATE wallet_private.conversion_rate AS r SET replaced_at = clock_timestamp()
    WHERE r.from_asset_id = v_from.asset_id AND r.to_asset_id = v_to.asset_id
        AND r.replaced_at IS NULL;
    INSERT INTO wallet_private.conversion_rate (
        from_asset_id, to_asset_id, from_amount, to_amount, created_by
    ) VALUES (
        v_from.asset_id, v_to.asset_id, v_from_amount, v_to_amount, coalesce(p_actor, session_user)
    ) RETURNING * INTO v_rate;
    PERFORM wallet_private.record_action(
        'set_conversion_rate', format('%s -> %s', v_from.code, v_to.code), to_jsonb(v_rate),
        p_actor, p_reason
    );
    RETURN ROW(
        v_rate.rate_id, v_from.code, v_to.code, v_rate.from_amount, v_rate.to_amount,
        v_rate.created_at
    )::wallet.conversion_rate;
END
$$;

COMMENT ON FUNCTION wallet.set_conversion_rate(text, text, numeric, numeric, text, text) IS
'Lets p_from_amount of one asset be exchanged for p_to_amount of another from now on. The previous
rate stays in the books. The new rate is refused if any round trip through the rates would gain.
p_reason says why, for the record.
Returns: wallet.conversion_rate.
Locks: other changes of rates.
Raises: WA101 WA102 WA103 WA105 WA106 WA112 WA202 WA308 WA415';
