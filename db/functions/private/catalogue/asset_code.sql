CREATE OR REPLACE FUNCTION wallet_private.asset_code(p_asset_id integer) RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT a.code FROM wallet_private.asset AS a WHERE a.asset_id = p_asset_id
$$;
