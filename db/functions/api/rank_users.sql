CREATE OR REPLACE FUNCTION wallet.rank_users() RETURNS date
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_day date;
BEGIN
    -- One after the other. Nobody who counts or reads waits.
    LOCK TABLE wallet_private.leader IN SHARE ROW EXCLUSIVE MODE;
    -- A day is over when something of a later one was counted: then every transaction that began
    -- before that has ended.
    SELECT max(d.day) - 1 INTO v_day FROM wallet_private.daily AS d;
    IF v_day IS NOT DISTINCT FROM (SELECT f.ranked_day FROM wallet_private.fold AS f) THEN
        RETURN NULL;
    END IF;
    DELETE FROM wallet_private.leader AS l WHERE true;
    INSERT INTO wallet_private.leader (
        asset_id, days, direction, rank, user_id, amount, users, median
    )
    SELECT r.asset_id, r.days, r.direction, r.rank, r.user_id, r.amount, r.users, r.median
    FROM wallet_private.ranking(v_day) AS r;
    UPDATE wallet_private.fold AS f SET ranked_day = v_day;
    RETURN v_day;
END
$$;

COMMENT ON FUNCTION wallet.rank_users() IS
'Ranks users for wallet.leaders, once a day: until the last day (UTC) that is over, which it is when
wallet.fold_economy has counted something of a later one. It reads the transfers of 90 days. Call it
after wallet.fold_economy: pgwallet sweep does.
Returns: that day, or NULL if it was ranked already.
Locks: other calls of it.
Raises: nothing.';
