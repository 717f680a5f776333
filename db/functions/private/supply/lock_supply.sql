CREATE OR REPLACE FUNCTION wallet_private.lock_supply(p_asset_id integer) RETURNS numeric[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Locks all stripes of a capped asset in their order. Returns what each has, by its number.
DECLARE
    v_available numeric;
    v_stripes numeric[];
BEGIN
    FOR v_stripe IN 0..15 LOOP
        UPDATE wallet_private.supply AS s SET available = s.available
        WHERE s.asset_id = p_asset_id AND s.stripe = v_stripe
        RETURNING s.available INTO v_available;
        v_stripes[v_stripe] := v_available;
    END LOOP;
    RETURN v_stripes;
END
$$;
