CREATE OR REPLACE FUNCTION wallet_private.campaign_key(p_code text) RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Makes the idempotency key of a campaign's grants. A key belongs to a user, so each user gets
    -- one grant.
    SELECT 'campaign:' || p_code
$$;
