CREATE OR REPLACE FUNCTION wallet.create_campaign(
    p_code text,
    p_asset text,
    p_budget numeric DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_expires_in interval DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.campaign
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_asset wallet_private.asset;
    v_campaign wallet_private.campaign;
BEGIN
    PERFORM wallet_private.check_code(p_code);
    v_asset := wallet_private.find_asset(p_asset);
    PERFORM wallet_private.check_open(v_asset);
    IF p_budget IS NOT NULL THEN
        v_campaign.budget := wallet_private.check_amount('budget', p_budget, v_asset);
    END IF;

    p_expires_in := wallet_private.check_expires_in(v_asset, p_expires_in);
    PERFORM wallet_private.heed_threshold('create_campaign', p_asset, v_campaign.budget);

    INSERT INTO wallet_private.campaign (code, asset_id, budget, expires_in)
    VALUES (p_code, v_asset.asset_id, v_campaign.budget, p_expires_in)
    ON CONFLICT (code) DO NOTHING
    RETURNING * INTO v_campaign;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('a campaign', p_code);
    END IF;
    INSERT INTO wallet_private.budget (campaign_id, stripe)
    SELECT v_campaign.campaign_id, s.stripe FROM generate_series(0, 7) AS s (stripe);
    PERFORM wallet_private.spread_budget(v_campaign.campaign_id, v_campaign.budget);
    PERFORM wallet_private.record_action(
        'create_campaign', p_code, to_jsonb(v_campaign), p_actor, p_reason
    );
    RETURN wallet_private.to_campaign(v_campaign, v_asset);
END
$$;

COMMENT ON FUNCTION wallet.create_campaign(text, text, numeric, text, interval, text) IS
'Makes a campaign. wallet.grant_batch credits many users out of it. It has a code, the asset that it
gives, and the most that it may give in all (p_budget, NULL = no limit). p_expires_in is how long a
grant of an asset with lots lives (NULL = as the asset says). p_reason says why, for the record.
Returns: wallet.campaign.
Locks: nothing that others wait for.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA114 WA202 WA304 WA415 WA502 WA503';
