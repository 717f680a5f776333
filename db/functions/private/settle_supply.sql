CREATE OR REPLACE FUNCTION wallet_private.settle_supply(
    p_asset wallet_private.asset, p_user_id uuid, p_amount numeric
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A credit takes what it issues from the user's stripe of a capped asset, a debit gives it back.
DECLARE
    v_stripe integer := (hashtext(p_user_id::text) & 15);
    v_stripes numeric[];
    v_available numeric;
    v_missing numeric := p_amount;
    v_taken numeric;
BEGIN
    UPDATE wallet_private.supply AS s SET available = s.available - p_amount
    WHERE s.asset_id = p_asset.asset_id AND s.stripe = v_stripe AND s.available >= p_amount;
    IF FOUND THEN
        RETURN;
    END IF;

    -- The stripe has not enough: lock all of them in their order, then see what they have together.
    FOR v_index IN 0..15 LOOP
        UPDATE wallet_private.supply AS s SET available = s.available
        WHERE s.asset_id = p_asset.asset_id AND s.stripe = v_index
        RETURNING s.available INTO v_available;
        v_stripes[v_index] := v_available;
    END LOOP;
    FOR v_index IN 0..15 LOOP
        v_taken := least(v_stripes[v_index], v_missing);
        CONTINUE WHEN v_taken = 0;
        UPDATE wallet_private.supply AS s SET available = s.available - v_taken
        WHERE s.asset_id = p_asset.asset_id AND s.stripe = v_index;
        v_missing := v_missing - v_taken;
    END LOOP;
    IF v_missing > 0 THEN
        RAISE EXCEPTION 'the supply is exhausted'
            USING ERRCODE = 'WA402',
                DETAIL = format(
                    '%s %s of the cap of %s is left to issue, %s is needed.',
                    p_amount - v_missing, p_asset.code, p_asset.supply, p_amount
                ),
                HINT = 'An operator can raise the cap with wallet.change_supply.';
    END IF;
END
$$;
