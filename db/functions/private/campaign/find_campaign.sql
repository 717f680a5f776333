CREATE OR REPLACE FUNCTION wallet_private.find_campaign(p_code text)
RETURNS wallet_private.campaign
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
DECLARE
    v_campaign wallet_private.campaign;
BEGIN
    PERFORM wallet_private.check_given('campaign', p_code);
    SELECT c.* INTO v_campaign FROM wallet_private.campaign AS c WHERE c.code = p_code;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'campaign not found'
            USING ERRCODE = 'WA208',
                DETAIL = format('There is no campaign %s.', left(quote_literal(p_code), 40)),
                HINT = 'Mind the case; wallet.list_campaigns() lists them.';
    END IF;
    RETURN v_campaign;
END
$$;
