CREATE OR REPLACE FUNCTION wallet_private.keep_out_for_lots(p_asset_id integer) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Keeps all movements out until what users hold of an asset has become lots: make_lots.
BEGIN
    LOCK TABLE wallet_private.wallet IN SHARE ROW EXCLUSIVE MODE;
    PERFORM wallet_private.expire_holds(u.user_id, p_asset_id)
    FROM (
        SELECT DISTINCT h.user_id FROM wallet_private.hold AS h
        WHERE h.asset_id = p_asset_id AND h.status = 'open'
    ) AS u;
END
$$;
