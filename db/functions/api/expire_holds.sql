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
    v_wallets wallet_private.wallet[];
    v_wallet wallet_private.wallet;
    v_asset_id integer;
    v_holds bigint := 0;
BEGIN
    PERFORM wallet_private.check_given('limit', p_limit);
    PERFORM wallet_private.check_range('limit', p_limit, 1, 100000);
    v_wallets := ARRAY(
        SELECT w
        FROM (
            SELECT DISTINCT e.user_id, e.asset_id
            FROM (
                SELECT h.user_id, h.asset_id FROM wallet_private.hold AS h
                WHERE h.status = 'open' AND h.expires_at <= v_now
                ORDER BY h.expires_at
                LIMIT p_limit
            ) AS e
        ) AS d
        CROSS JOIN LATERAL (
            SELECT x.* FROM wallet_private.wallet AS x
            WHERE x.user_id = d.user_id AND x.asset_id = d.asset_id
            LIMIT 1
        ) AS w
        ORDER BY d.user_id, d.asset_id
    );
    -- What becomes available may repay a debt, which gives back to a capped supply. So all wallets
    -- are locked before the first supply, and supplies by asset, as everywhere.
    FOREACH v_wallet IN ARRAY v_wallets LOOP
        PERFORM wallet_private.lock_wallet(v_wallet.user_id, v_wallet.asset_id);
    END LOOP;
    FOR v_asset_id IN
        SELECT DISTINCT a.asset_id
        FROM unnest(v_wallets) AS w
        INNER JOIN wallet_private.debt AS d ON d.user_id = w.user_id AND d.asset_id = w.asset_id
        INNER JOIN wallet_private.asset AS a ON a.asset_id = w.asset_id
        WHERE a.supply IS NOT NULL
        ORDER BY a.asset_id
    LOOP
        PERFORM wallet_private.lock_supply(v_asset_id);
    END LOOP;
    FOREACH v_wallet IN ARRAY v_wallets LOOP
        v_holds := v_holds + wallet_private.expire_holds(v_wallet.user_id, v_wallet.asset_id);
    END LOOP;
    RETURN v_holds;
END
$$;

COMMENT ON FUNCTION wallet.expire_holds(integer) IS
'Closes holds that have expired, the oldest first. p_limit (1 to 100000) is how many it looks for in
a call. Nothing depends on it: an expired hold blocks nothing. Call it until it returns 0.
Returns: bigint, how many holds it closed.
Locks: the wallets of these holds, by user and asset; then, of capped assets of which one of them
owes something, supply stripes by asset.
Raises: WA101 WA109';
