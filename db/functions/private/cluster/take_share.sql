CREATE OR REPLACE FUNCTION wallet_private.take_share(
    p_move_id uuid, p_kind text, p_code text, p_wanted numeric, p_to integer
) RETURNS numeric
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Takes a share of something scarce for another partition: half of it, at least what is wanted, at
-- most all. Returns the amount. It records the move, so the share is given there even after a
-- crash.
DECLARE
    v_asset wallet_private.asset;
    v_stripes numeric[];
    v_available numeric;
    v_amount numeric;
    v_missing numeric;
BEGIN
    IF p_kind = 'supply' THEN
        v_asset := wallet_private.find_asset(p_code);
        v_stripes := wallet_private.lock_supply(v_asset.asset_id);
        SELECT sum(s.available) INTO v_available FROM unnest(v_stripes) AS s (available);
        v_amount := least(
            v_available, greatest(p_wanted, trunc(v_available / 2, v_asset.scale))
        );
        v_missing := v_amount;
        FOR v_stripe IN 0..15 LOOP
            UPDATE wallet_private.supply AS s
            SET available = s.available - least(s.available, v_missing)
            WHERE s.asset_id = v_asset.asset_id AND s.stripe = v_stripe;
            v_missing := v_missing - least(v_stripes[v_stripe], v_missing);
        END LOOP;
    ELSE
        UPDATE wallet_private.item AS i SET stock = i.stock WHERE i.code = p_code
        RETURNING i.stock INTO v_available;
        v_amount := least(v_available, greatest(p_wanted, trunc(v_available / 2)));
        UPDATE wallet_private.item AS i SET stock = i.stock - v_amount WHERE i.code = p_code;
    END IF;
    IF v_amount > 0 THEN
        INSERT INTO wallet_private.share_move (move_id, is_in, kind, code, amount, peer)
        VALUES (p_move_id, false, p_kind, p_code, v_amount, p_to);
    END IF;
    RETURN v_amount;
END
$$;
