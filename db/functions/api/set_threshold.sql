CREATE OR REPLACE FUNCTION wallet.set_threshold(
    p_function text,
    p_asset text,
    p_most numeric,
    p_actor text DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.threshold
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_before numeric;
BEGIN
    PERFORM wallet_private.check_given('function', p_function);
    PERFORM wallet_private.check_choice(
        'function', p_function, array_remove(wallet_private.proposable(), 'set_threshold')
    );
    IF p_most <> 0 THEN
        p_most := wallet_private.check_amount('most', p_most, v_asset);
    END IF;

    -- One after the other, so that each is compared with the one before it.
    LOCK TABLE wallet_private.threshold IN SHARE ROW EXCLUSIVE MODE;
    SELECT t.most INTO v_before FROM wallet_private.threshold AS t
    WHERE t.function = p_function AND t.asset_id = v_asset.asset_id;
    IF v_before IS NOT NULL AND (p_most IS NULL OR p_most > v_before) THEN
        PERFORM wallet_private.refuse_unapproved(format(
            'It would lift the threshold of %s in %s, which is %s.', p_function, v_asset.code,
            v_before
        ));
    END IF;

    IF p_most IS NULL THEN
        DELETE FROM wallet_private.threshold AS t
        WHERE t.function = p_function AND t.asset_id = v_asset.asset_id;
    ELSE
        INSERT INTO wallet_private.threshold AS t (function, asset_id, most)
        VALUES (p_function, v_asset.asset_id, p_most)
        ON CONFLICT ON CONSTRAINT threshold_pkey DO UPDATE SET most = p_most;
    END IF;
    PERFORM wallet_private.record_action(
        'set_threshold', v_asset.code,
        jsonb_build_object('function', p_function, 'most', p_most, 'before', v_before),
        p_actor, p_reason
    );
    RETURN ROW(p_function, v_asset.code, p_most)::wallet.threshold;
END
$$;

COMMENT ON FUNCTION wallet.set_threshold(text, text, numeric, text, text) IS
'Sets the most of an asset that an operator may move or promise with one call of p_function: topup,
bonus, adjust, reverse, forgive_debt, create_task, update_task, set_conversion_rate,
create_campaign, change_budget or change_supply. More waits for a second operator (WA415). 0 makes
each call wait, NULL takes the threshold away. Who raises a threshold, or takes it away, needs a
second operator too.
What counts is: of a movement what it moves; of reverse in each asset, with what it could not take;
of a task its reward; of a campaign its budget; of change_budget and change_supply the difference,
and no limit counts as more than any. set_conversion_rate has no size: with any threshold of
to_asset each call waits.
topup and bonus wait only over HTTP, for the roles admin and support. The others wait for all who
call them. p_reason says why, for the record.
Returns: wallet.threshold.
Locks: other changes of thresholds.
Raises: WA101 WA102 WA103 WA105 WA106 WA110 WA202 WA415';
