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
-- Takes a share of something scarce for another partition: half of it, at least what is wanted
-- (NULL = all), at most all. Returns the amount: nothing while somebody else changes how much there
-- is. It records the move, so the share is given there even after a crash.
DECLARE
    v_asset wallet_private.asset;
    v_campaign wallet_private.campaign;
    v_stripes numeric[];
    v_available numeric;
    v_scale integer := 0;
    v_amount numeric;
    v_missing numeric;
BEGIN
    IF NOT wallet_private.heed_turn() THEN
        RETURN 0;
    END IF;
    IF p_kind = 'supply' THEN
        v_asset := wallet_private.find_asset(p_code);
        v_scale := v_asset.scale;
        v_stripes := wallet_private.lock_supply(v_asset.asset_id);
        SELECT sum(s.available) INTO v_available FROM unnest(v_stripes) AS s (available);
    ELSIF p_kind = 'budget' THEN
        v_campaign := wallet_private.find_campaign(p_code);
        SELECT a.scale INTO v_scale FROM wallet_private.asset AS a
        WHERE a.asset_id = v_campaign.asset_id;
        PERFORM wallet_private.lock_budget(v_campaign.campaign_id);
        SELECT sum(b.available) INTO v_available FROM wallet_private.budget AS b
        WHERE b.campaign_id = v_campaign.campaign_id;
    ELSE
        UPDATE wallet_private.item AS i SET stock = i.stock WHERE i.code = p_code
        RETURNING i.stock INTO v_available;
    END IF;
    v_available := coalesce(v_available, 0);
    v_amount := least(
        v_available,
        greatest(coalesce(p_wanted, v_available), trunc(v_available / 2, v_scale))
    );
    IF v_amount = 0 THEN
        RETURN 0;
    END IF;

    IF p_kind = 'supply' THEN
        v_missing := v_amount;
        FOR v_stripe IN 0..15 LOOP
            UPDATE wallet_private.supply AS s
            SET available = s.available - least(s.available, v_missing)
            WHERE s.asset_id = v_asset.asset_id AND s.stripe = v_stripe;
            v_missing := v_missing - least(v_stripes[v_stripe], v_missing);
        END LOOP;
    ELSIF p_kind = 'budget' THEN
        PERFORM wallet_private.spread_budget(v_campaign.campaign_id, v_available - v_amount);
    ELSE
        UPDATE wallet_private.item AS i SET stock = i.stock - v_amount WHERE i.code = p_code;
    END IF;
    INSERT INTO wallet_private.share_move (move_id, is_in, kind, code, amount, peer)
    VALUES (p_move_id, false, p_kind, p_code, v_amount, p_to);
    RETURN v_amount;
END
$$;
