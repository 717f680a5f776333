CREATE OR REPLACE FUNCTION wallet.expire_lots(p_limit integer DEFAULT 100) RETURNS bigint
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
    v_lots bigint;
BEGIN
    PERFORM wallet_private.check_given('limit', p_limit);
    PERFORM wallet_private.check_range('limit', p_limit, 1, 100000);
    v_wallets := ARRAY(
        SELECT w
        FROM (
            SELECT DISTINCT e.user_id, e.asset_id
            FROM (
                SELECT l.user_id, l.asset_id FROM wallet_private.lot AS l
                WHERE l.is_open AND l.expires_at <= v_now AND l.remaining > l.held
                ORDER BY l.expires_at
                LIMIT p_limit
            ) AS e
        ) AS d
        INNER JOIN wallet_private.wallet AS w ON w.user_id = d.user_id AND w.asset_id = d.asset_id
        ORDER BY d.user_id, d.asset_id
    );
    -- All wallets before the first supply, and supplies by asset, as everywhere.
    FOREACH v_wallet IN ARRAY v_wallets LOOP
        PERFORM wallet_private.lock_wallet(v_wallet.user_id, v_wallet.asset_id);
    END LOOP;
    FOR v_asset_id IN
        SELECT DISTINCT a.asset_id
        FROM unnest(v_wallets) AS w
        INNER JOIN wallet_private.asset AS a ON a.asset_id = w.asset_id
        WHERE a.supply IS NOT NULL
        ORDER BY a.asset_id
    LOOP
        PERFORM wallet_private.lock_supply(v_asset_id);
    END LOOP;
    v_lots := 0;
    FOREACH v_wallet IN ARRAY v_wallets LOOP
        SELECT v_lots + count(*) INTO v_lots FROM wallet_private.lot AS l
        WHERE l.user_id = v_wallet.user_id AND l.asset_id = v_wallet.asset_id AND l.is_open
            AND l.expires_at <= v_now AND l.remaining > l.held;
        PERFORM wallet_private.book_due(v_wallet.user_id, v_wallet.asset_id);
    END LOOP;
    RETURN v_lots;
END
$$;

COMMENT ON FUNCTION wallet.expire_lots(integer) IS
'Books what has expired, beginning with up to p_limit (1 to 100000) lots. Nothing depends on it:
nobody can use what has expired anyway. Call it until it returns 0; the fewer at a time, the shorter
others wait for these wallets.
Returns: bigint, the lots that it booked.
Locks: the wallets of these lots by user and asset; then, of capped assets, supply stripes by asset.
Raises: WA101 WA109';
