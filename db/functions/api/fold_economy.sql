CREATE OR REPLACE FUNCTION wallet.fold_economy(p_limit integer DEFAULT 10000) RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_limit integer := coalesce(p_limit, 10000);
    v_place wallet_private.feed_place;
    v_step wallet_private.fold_step;
BEGIN
    PERFORM wallet_private.check_range('limit', v_limit, 1, 100000);
    PERFORM wallet_private.check_feed();
    -- One after the other: each goes on where the one before ended.
    UPDATE wallet_private.fold AS f SET is_only = f.is_only RETURNING (f.place).* INTO v_place;
    v_step := wallet_private.fold_step(v_place, v_limit);
    -- What is older than the feed is over, and nothing was left of it.
    IF v_step.transfers = 0 AND NOT v_step.is_last THEN
        v_step := wallet_private.fold_step(v_step.place, v_limit);
    END IF;
    PERFORM wallet_private.add_days(v_step.days);
    PERFORM wallet_private.add_spread(v_step.spread);
    UPDATE wallet_private.fold AS f SET place = v_step.place;
    RETURN v_step.transfers;
END
$$;

COMMENT ON FUNCTION wallet.fold_economy(integer) IS
'Counts the next transfers of the ledger into the days that wallet.economy and wallet.distribution
read, so that they read little of the ledger itself. Call it often, until it returns 0: pgwallet
sweep does. Each transfer is counted once, and only when every transaction that began before it has
ended.
Returns: how many transfers it has looked at; at most p_limit (1 to 100000).
Locks: other calls of it.
Raises: WA109 WA321';
