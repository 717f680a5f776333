CREATE OR REPLACE FUNCTION wallet.change_budget(
    p_campaign text, p_budget numeric, p_actor text DEFAULT NULL, p_reason text DEFAULT NULL
) RETURNS wallet.campaign
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_campaign wallet_private.campaign := wallet_private.find_campaign(p_campaign);
    v_asset wallet_private.asset;
    v_budget numeric;
    v_granted numeric;
BEGIN
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_campaign.asset_id;
    IF p_budget IS NOT NULL THEN
        v_budget := wallet_private.check_amount('budget', p_budget, v_asset);
    END IF;

    PERFORM wallet_private.lock_budget(v_campaign.campaign_id);
    SELECT sum(b.granted) INTO v_granted FROM wallet_private.budget AS b
    WHERE b.campaign_id = v_campaign.campaign_id;
    -- What other partitions have of the budget counts as granted.
    v_granted := v_granted
        + coalesce(v_budget - wallet_private.own_budget(v_campaign.code, v_budget), 0);
    IF v_budget < v_granted THEN
        RAISE EXCEPTION 'more than that is granted'
            USING ERRCODE = 'WA411',
                DETAIL = format(
                    'Campaign %s has granted %s %s, %s more than %s.', v_campaign.code,
                    v_granted, v_asset.code, v_granted - v_budget, v_budget
                ),
                HINT = format('Set the budget to %s at least.', v_granted);
    END IF;

    PERFORM wallet_private.heed_threshold(
        'change_budget', v_asset.code, abs(v_budget - v_campaign.budget)
    );
    UPDATE wallet_private.campaign AS c SET budget = v_budget
    WHERE c.campaign_id = v_campaign.campaign_id
    RETURNING c.* INTO v_campaign;
    PERFORM wallet_private.spread_budget(v_campaign.campaign_id, v_budget - v_granted);
    PERFORM wallet_private.record_action(
        'change_budget', v_campaign.code, to_jsonb(v_campaign), p_actor, p_reason
    );
    RETURN wallet_private.to_campaign(v_campaign, v_asset);
END
$$;

COMMENT ON FUNCTION wallet.change_budget(text, numeric, text, text) IS
'Sets the most that a campaign may give in all. NULL lifts the limit. It can''t be less than what
the campaign has given. If it is exactly that, the campaign gives nothing more. p_reason says why,
for the record.
Returns: wallet.campaign.
Locks: the campaign''s budget, so it waits until the grants under way have ended.
Raises: WA101 WA102 WA103 WA105 WA106 WA208 WA411 WA415';
