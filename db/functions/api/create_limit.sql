CREATE OR REPLACE FUNCTION wallet.create_limit(
    p_code text,
    p_asset text,
    p_measure text,
    p_maximum numeric,
    p_direction text DEFAULT NULL,
    p_kinds text[] DEFAULT NULL,
    p_origin text DEFAULT NULL,
    p_period text DEFAULT NULL,
    p_time_zone text DEFAULT NULL,
    p_rolling interval DEFAULT NULL,
    p_is_clipping boolean DEFAULT false,
    p_actor text DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.limit_rule
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_asset wallet_private.asset;
    v_limit wallet_private.limit_rule;
BEGIN
    PERFORM wallet_private.check_code(p_code);
    PERFORM wallet_private.check_given('measure', p_measure);
    PERFORM wallet_private.check_choice('measure', p_measure, '{amount,count,balance}');
    IF p_measure <> 'balance' THEN
        PERFORM wallet_private.check_given('direction', p_direction);
    END IF;
    PERFORM wallet_private.check_choice('direction', p_direction, '{credit,debit}');
    PERFORM wallet_private.check_choice('origin', p_origin, '{paid,free}');
    PERFORM wallet_private.check_choice('period', p_period, '{day,week,month}');
    PERFORM wallet_private.check_time_zone(p_time_zone);
    PERFORM wallet_private.check_given('is_clipping', p_is_clipping);
    v_limit.rolling := wallet_private.check_duration('rolling', p_rolling);

    -- What moved before is not counted, and what moves from now on is.
    PERFORM wallet_private.check_isolation();
    LOCK TABLE wallet_private.wallet IN SHARE ROW EXCLUSIVE MODE;
    v_asset := wallet_private.find_asset(p_asset);
    v_limit.measure := p_measure;
    v_limit.direction := coalesce(p_direction, 'credit');
    v_limit.kinds := p_kinds;
    v_limit.origin := p_origin;
    v_limit.period := p_period;
    v_limit.time_zone := p_time_zone;
    v_limit.is_clipping := p_is_clipping;
    PERFORM wallet_private.check_limit(v_limit, v_asset);
    p_maximum := wallet_private.check_maximum(p_measure, p_maximum, v_asset);

    INSERT INTO wallet_private.limit_rule (
        code, asset_id, measure, maximum, direction, kinds, origin, period, time_zone, rolling,
        is_clipping
    ) VALUES (
        p_code, v_asset.asset_id, p_measure, p_maximum, v_limit.direction, p_kinds, p_origin,
        p_period,
        CASE WHEN p_period IS NOT NULL THEN coalesce(p_time_zone, 'UTC') END, v_limit.rolling,
        p_is_clipping
    )
    ON CONFLICT (code) DO NOTHING
    RETURNING * INTO v_limit;
    IF NOT FOUND THEN
        PERFORM wallet_private.refuse_code('a limit', p_code);
    END IF;
    PERFORM wallet_private.set_limited(v_asset.asset_id);
    PERFORM wallet_private.record_action(
        'create_limit', v_limit.code, to_jsonb(v_limit), p_actor, p_reason
    );
    RETURN wallet_private.to_limit(v_limit);
END
$$;

COMMENT ON FUNCTION wallet.create_limit(
    text, text, text, numeric, text, text[], text, text, text, interval, boolean, text, text
) IS
'Makes a limit of what each user may do with an asset. p_measure amount or count limits what the
user credits or debits (p_direction) in a time, by amounts or by movements. The time is a p_period
of the calendar (day, week, month) in p_time_zone (NULL = UTC), or p_rolling: the time before each
movement (whole seconds up to 3660 days; it moves on in hundredths). p_kinds are those that count
(NULL = TOPUP, BONUS, TASK and CONVERT; of debits SPEND, PURCHASE, HOLD and CONVERT). p_origin
counts what is paid or free of an asset with lots. p_measure balance limits what the user holds:
credits that lead beyond p_maximum are refused. If p_is_clipping, a BONUS or TASK is reduced to what
fits. Reversals and adjustments are never limited. Limits begin to count when they are made.
p_reason says why, for the record.
Returns: wallet.limit_rule.
Locks: all wallets. It waits until the movements under way have ended, and new ones wait for it. It
writes all wallets of the asset when that gets its first limit.
Raises: WA101 WA102 WA103 WA105 WA106 WA109 WA110 WA114 WA116 WA202 WA304 WA502';
