CREATE OR REPLACE FUNCTION wallet_private.find_asset(p_code text, p_name text DEFAULT 'asset')
RETURNS wallet_private.asset
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
DECLARE
    v_asset wallet_private.asset;
BEGIN
    PERFORM wallet_private.check_given(p_name, p_code);
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.code = p_code;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'asset not found'
            USING ERRCODE = 'WA202',
                DETAIL = format('There is no asset %s.', left(quote_literal(p_code), 40)),
                HINT = 'Asset codes are upper case; wallet.list_assets() lists them.';
    END IF;
    RETURN v_asset;
END
$$;
