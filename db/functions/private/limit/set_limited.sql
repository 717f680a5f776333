CREATE OR REPLACE FUNCTION wallet_private.set_limited(p_asset_id integer) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- From now on movements of an asset go the careful way, for good: what a limit has counted may be
-- given back after the limit has ended. The caller keeps all movements out.
BEGIN
    UPDATE wallet_private.asset AS a SET is_limited = true
    WHERE a.asset_id = p_asset_id AND NOT a.is_limited;
    UPDATE wallet_private.wallet AS w SET is_plain = false
    WHERE w.asset_id = p_asset_id AND w.is_plain;
END
$$;
