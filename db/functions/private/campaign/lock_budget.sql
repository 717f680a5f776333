CREATE OR REPLACE FUNCTION wallet_private.lock_budget(p_campaign_id integer) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Locks all stripes of a campaign's budget, in their order. No grant is under way afterwards.
BEGIN
    FOR v_stripe IN 0..7 LOOP
        UPDATE wallet_private.budget AS b SET granted = b.granted
        WHERE b.campaign_id = p_campaign_id AND b.stripe = v_stripe;
    END LOOP;
END
$$;
