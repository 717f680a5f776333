CREATE OR REPLACE FUNCTION wallet_private.to_campaign(
    p_campaign wallet_private.campaign, p_asset wallet_private.asset
) RETURNS wallet.campaign
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_campaign.code, p_asset.code, p_campaign.budget, round(sum(b.granted), p_asset.scale),
        sum(b.available), sum(b.users), p_campaign.created_at, p_campaign.expires_in
    )::wallet.campaign
    FROM wallet_private.budget AS b
    WHERE b.campaign_id = p_campaign.campaign_id
$$;
