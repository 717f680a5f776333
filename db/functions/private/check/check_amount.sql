CREATE OR REPLACE FUNCTION wallet_private.check_amount(
    p_name text, p_amount numeric, p_asset wallet_private.asset
) RETURNS numeric
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Returns the amount with as many decimals as the asset has.
BEGIN
    IF wallet_private.is_amount(p_amount, p_asset.scale) THEN
        RETURN round(p_amount, p_asset.scale);
    END IF;
    PERFORM wallet_private.check_given(p_name, p_amount);
    IF p_amount <= 0 OR p_amount IN ('NaN', 'Infinity') THEN
        RAISE EXCEPTION 'an amount has to be positive'
            USING ERRCODE = 'WA102',
                DETAIL = format('%s is %s.', p_name, p_amount),
                HINT = 'Amounts are positive; the operation says which way they go.';
    ELSIF p_amount > 1000000000000000 THEN
        RAISE EXCEPTION 'an amount is too large'
            USING ERRCODE = 'WA105',
                DETAIL = format('%s is over 1000000000000000.', p_name),
                HINT = 'Split it, or give the asset larger units.';
    END IF;
    RAISE EXCEPTION 'an amount has too many decimals'
        USING ERRCODE = 'WA103',
            DETAIL = format(
                '%s is %s; %s has %s decimals.', p_name, left(p_amount::text, 60), p_asset.code,
                p_asset.scale
            ),
            HINT = wallet_private.nearest(
                p_amount, round(10::numeric ^ -p_asset.scale, p_asset.scale)
            );
END
$$;
