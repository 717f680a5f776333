CREATE OR REPLACE FUNCTION wallet.expire_holds(p_limit integer DEFAULT 1000) RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_wallet record;
    v_holds bigint := 0;
BEGIN
    PERFORM wallet_private.check_given('limit', p_limit);
    PERFORM wallet_private.check_range('limit', p_limit, 1, 100000);
    FOR v_wallet IN
        SELECT DISTINCT e.user_id, e.asset_id
        FROM (
            SELECT h.user_id, h.asset_id FROM wallet_private.hold AS h
            WHERE h.status = 'open' AND h.expires_at <= v_now
            ORDER BY h.expires_at
            LIMIT p_limit
        ) AS e
        ORDER BY e.user_id, e.asset_id
    LOOP
        v_holds := v_holds + wallet_private.expire_holds(v_wallet.user_id, v_wallet.asset_id);
    END LOOP;
    RETURN v_holds;
END
$$;

COMMENT ON FUNCTION wallet.expire_holds(integer) IS
'Closes holds that have expired, the oldest first. p_limit (1 to 100000) is how many it looks for in
a call. Nothing depends on it: an expired hold blocks nothing. Call it until it returns 0.
Returns: bigint, how many holds it closed.
Locks: the wallets of these holds, by user and asset.
Raises: WA101 WA109';
