CREATE OR REPLACE FUNCTION wallet_private.campaign_key(p_code text) RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The idempotency key of a campaign's grant: keys are a user's, so each user gets one.
    SELECT 'campaign:' || p_code
$$;
