CREATE OR REPLACE FUNCTION wallet_private.check_limit(
    p_limit wallet_private.limit_rule, p_asset wallet_private.asset
) RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Whether what a limit says goes together.
DECLARE
    v_kind text;
    v_reason text := CASE
        WHEN p_limit.measure = 'balance' AND p_limit.direction = 'debit'
            THEN 'Only credits make a balance larger.'
        WHEN p_limit.measure = 'balance'
            AND (p_limit.period IS NOT NULL OR p_limit.rolling IS NOT NULL)
            THEN 'A balance has neither a period nor a rolling time.'
        WHEN p_limit.measure = 'balance' AND p_limit.origin IS NOT NULL
            THEN 'A balance has no origin.'
        WHEN p_limit.measure <> 'balance' AND p_limit.is_clipping
            THEN 'Only a limit on the balance clips.'
        WHEN p_limit.measure <> 'balance'
            AND (p_limit.period IS NULL) = (p_limit.rolling IS NULL)
            THEN 'It has either a period or a rolling time.'
        WHEN p_limit.period IS NULL AND p_limit.time_zone IS NOT NULL
            THEN 'Only a period has a time zone.'
        WHEN p_limit.rolling <> date_trunc('second', p_limit.rolling)
            THEN 'The rolling time is not in whole seconds.'
        WHEN p_limit.origin IS NOT NULL AND p_asset.lot_order IS NULL
            THEN format('Asset %s has no lots, so nothing has an origin.', p_asset.code)
    END;
BEGIN
    IF v_reason IS NOT NULL THEN
        RAISE EXCEPTION 'this is not allowed here'
            USING ERRCODE = 'WA502', DETAIL = v_reason, HINT = 'Leave out what does not belong.';
    END IF;
    PERFORM wallet_private.check_range('kinds', cardinality(p_limit.kinds), 1, 4);
    FOREACH v_kind IN ARRAY coalesce(p_limit.kinds, '{}') LOOP
        PERFORM wallet_private.check_given('kinds', v_kind);
        PERFORM wallet_private.check_choice('kinds', v_kind, CASE p_limit.direction
            WHEN 'credit' THEN '{TOPUP,BONUS,TASK,CONVERT}'::text[]
            ELSE '{SPEND,PURCHASE,HOLD,CONVERT}'
        END);
    END LOOP;
END
$$;
