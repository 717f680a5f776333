CREATE OR REPLACE FUNCTION wallet_private.spread_budget(p_campaign_id integer, p_left numeric)
RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Spreads what a campaign may still give (NULL = no limit) over the stripes; the first one gets
    -- the odd rest. The stripes are locked.
    UPDATE wallet_private.budget AS b
    SET available = s.share + CASE b.stripe WHEN 0 THEN p_left - 8 * s.share ELSE 0 END
    FROM (
        SELECT c.campaign_id, trunc(p_left / 8, a.scale) AS share
        FROM wallet_private.campaign AS c
        INNER JOIN wallet_private.asset AS a ON c.asset_id = a.asset_id
    ) AS s
    WHERE b.campaign_id = p_campaign_id AND s.campaign_id = p_campaign_id
$$;
