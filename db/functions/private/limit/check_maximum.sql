CREATE OR REPLACE FUNCTION wallet_private.check_maximum(
    p_measure text, p_maximum numeric, p_asset wallet_private.asset
) RETURNS numeric
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Returns it with as many decimals as the asset has; a count has none.
BEGIN
    IF p_measure = 'count' THEN
        p_asset.code := 'a count';
        p_asset.scale := 0;
    END IF;
    RETURN wallet_private.check_amount('maximum', p_maximum, p_asset);
END
$$;
