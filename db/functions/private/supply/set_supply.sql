CREATE OR REPLACE FUNCTION wallet_private.set_supply(
    p_asset wallet_private.asset, p_supply numeric, p_outstanding numeric
) RETURNS wallet_private.asset
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Writes a cap. Spreads the part of it that users do not hold over the stripes; the first one gets
-- the odd rest. The caller sees to it that nothing of the asset moves meanwhile.
DECLARE
    v_asset wallet_private.asset;
    v_share numeric := trunc((p_supply - p_outstanding) / 16, p_asset.scale);
BEGIN
    UPDATE wallet_private.asset AS a SET supply = p_supply
    WHERE a.asset_id = p_asset.asset_id
    RETURNING a.* INTO v_asset;

    DELETE FROM wallet_private.supply AS s WHERE s.asset_id = p_asset.asset_id;
    INSERT INTO wallet_private.supply (asset_id, stripe, available)
    SELECT
        p_asset.asset_id, i.stripe,
        v_share + CASE i.stripe WHEN 0 THEN p_supply - p_outstanding - 16 * v_share ELSE 0 END
    FROM generate_series(0, 15) AS i (stripe)
    WHERE p_supply IS NOT NULL;
    RETURN v_asset;
END
$$;
