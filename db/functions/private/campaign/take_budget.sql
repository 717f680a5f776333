CREATE OR REPLACE FUNCTION wallet_private.take_budget(
    p_campaign_id integer, p_stripe integer, p_amount numeric
) RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes an amount from a stripe, which stays locked. Returns false if the stripe has too little. A
-- stripe that this call had to wait for would then stay locked too, and the others would be locked
-- out of order. So such a try is taken back as a whole.
BEGIN
    UPDATE wallet_private.budget AS b SET available = b.available - p_amount
    WHERE b.campaign_id = p_campaign_id AND b.stripe = p_stripe
        AND (b.available IS NULL OR b.available >= p_amount);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this try is taken back'
            USING ERRCODE = 'WA901',
                DETAIL = 'The stripe has not enough.',
                HINT = 'This is caught and never reaches a caller.';
    END IF;
    RETURN true;
EXCEPTION
    WHEN SQLSTATE 'WA901' THEN
        RETURN false;
END
$$;
