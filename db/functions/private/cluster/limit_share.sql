CREATE OR REPLACE FUNCTION wallet_private.limit_share(
    p_kind text, p_code text, p_whole numeric, p_move_id uuid, p_actor text
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- What had no limit gets one of p_whole in all partitions together. This one, which is not
-- partition 0, has nothing left then. What it has used counts as given by partition 0.
DECLARE
    v_campaign wallet_private.campaign;
    v_asset wallet_private.asset;
    v_used numeric := 0;
BEGIN
    IF p_kind = 'stock' THEN
        UPDATE wallet_private.item AS i SET stock = 0 WHERE i.code = p_code;
        RETURN;
    ELSIF p_kind = 'budget' THEN
        v_campaign := wallet_private.find_campaign(p_code);
        PERFORM wallet_private.lock_budget(v_campaign.campaign_id);
        SELECT sum(b.granted) INTO v_used FROM wallet_private.budget AS b
        WHERE b.campaign_id = v_campaign.campaign_id;
    ELSE
        LOCK TABLE wallet_private.wallet IN SHARE ROW EXCLUSIVE MODE;
        v_asset := wallet_private.find_asset(p_code);
        SELECT coalesce(sum(w.balance), 0) INTO v_used FROM wallet_private.wallet AS w
        WHERE w.asset_id = v_asset.asset_id;
    END IF;
    IF v_used > 0 THEN
        INSERT INTO wallet_private.share_move (move_id, is_in, kind, code, amount, peer)
        VALUES (p_move_id, true, p_kind, p_code, v_used, 0);
    END IF;
    IF p_kind = 'budget' THEN
        PERFORM wallet.change_budget(p_code, p_whole, p_actor);
    ELSE
        PERFORM wallet.change_supply(p_code, p_whole, p_actor);
    END IF;
END
$$;
