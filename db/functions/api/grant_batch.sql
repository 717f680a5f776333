CREATE OR REPLACE FUNCTION wallet.grant_batch(
    p_campaign text,
    p_grants wallet.grant_request[],
    p_actor text DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.grant_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    v_campaign wallet_private.campaign;
    v_metadata jsonb := CASE
        WHEN p_reason IS NOT NULL THEN jsonb_build_object('reason', p_reason)
    END;
    v_stripe integer := pg_backend_pid() & 7;
    v_item record;
    v_is_locked boolean := false;
    v_left numeric;
    v_cost numeric;
    v_ords integer[];
    v_batch wallet.request[];
    v_short integer[];
    v_answer wallet.batch_result;
    v_refusals wallet.refusal[];
    v_result wallet.grant_result;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_given('grants', p_grants);
    PERFORM wallet_private.check_range('grants', cardinality(p_grants), 1, 1000);
    PERFORM wallet_private.check_text('actor', p_actor);
    PERFORM wallet_private.check_text('reason', p_reason);
    v_campaign := wallet_private.find_campaign(p_campaign);
    p_grants := p_grants[:];  -- whatever its bounds were, from 1 on

    -- 2. Find out what is to be paid, and take that from a stripe of the budget. If the stripe has
    -- too little, lock all stripes: then it is known what is left. Find out again what is to be
    -- paid, as users may have been paid meanwhile. Grants that are more than what is left are
    -- refused.
    LOOP
        v_ords := ARRAY[]::integer[];
        v_batch := ARRAY[]::wallet.request[];
        v_short := ARRAY[]::integer[];
        v_refusals := ARRAY[]::wallet.refusal[];
        v_cost := 0;
        v_result.replays := 0;
        FOR v_item IN
            SELECT g.* FROM wallet_private.read_grants(v_campaign, p_grants, v_metadata) AS g
        LOOP
            IF v_item.is_paid THEN
                v_result.replays := v_result.replays + 1;
            ELSIF NOT v_item.is_sound THEN
                v_refusals := v_refusals || wallet_private.refuse_grant(
                    v_item.ord, p_grants[v_item.ord], v_item.first_ord, v_item.status, NULL
                );
            ELSIF v_cost + v_item.cost > v_left THEN
                v_short := v_short || v_item.ord;
            ELSE
                v_cost := v_cost + v_item.cost;
                v_ords := v_ords || v_item.ord;
                v_batch := v_batch || v_item.request;
            END IF;
        END LOOP;
        EXIT WHEN v_is_locked OR v_ords = '{}'
            OR wallet_private.take_budget(v_campaign.campaign_id, v_stripe, v_cost);
        PERFORM wallet_private.lock_budget(v_campaign.campaign_id);
        v_is_locked := true;
        SELECT sum(b.available) INTO v_left FROM wallet_private.budget AS b
        WHERE b.campaign_id = v_campaign.campaign_id;
    END LOOP;

    -- 3. Post it.
    v_result.users := 0;
    v_result.amount := 0;
    IF v_ords <> '{}' THEN
        PERFORM wallet_private.heed_caps();
        PERFORM wallet_private.open_missing(
            ARRAY(SELECT r.user_id FROM unnest(v_batch) AS r), v_campaign.asset_id
        );
        FOR v_answer IN SELECT b.* FROM wallet.post_batch(v_batch, p_actor) AS b LOOP
            IF v_answer.code IS NOT NULL THEN
                v_refusals := v_refusals || ROW(
                    v_ords[v_answer.ord], v_answer.code, v_answer.message, v_answer.detail,
                    v_answer.hint
                )::wallet.refusal;
            ELSIF v_answer.is_replay THEN
                v_result.replays := v_result.replays + 1;
            ELSE
                v_result.users := v_result.users + 1;
                v_result.amount := v_result.amount + v_answer.amount;
            END IF;
        END LOOP;
    END IF;

    -- 4. Give back what was taken and not paid.
    IF v_ords <> '{}' THEN
        UPDATE wallet_private.budget AS b
        SET granted = b.granted + v_result.amount,
            users = b.users + v_result.users,
            available = b.available
                + CASE WHEN v_is_locked THEN 0 ELSE v_cost - v_result.amount END
        WHERE b.campaign_id = v_campaign.campaign_id AND b.stripe = v_stripe;
    END IF;
    IF v_is_locked THEN
        v_left := v_left - v_result.amount;
        PERFORM wallet_private.spread_budget(v_campaign.campaign_id, v_left);
    END IF;
    FOR v_index IN 1..cardinality(v_short) LOOP
        v_refusals := v_refusals || wallet_private.refuse_grant(
            v_short[v_index], p_grants[v_short[v_index]], v_short[v_index], 'active', v_left
        );
    END LOOP;
    v_result.refusals := ARRAY(SELECT r FROM unnest(v_refusals) AS r ORDER BY r.ord);
    RETURN v_result;
END
$$;

COMMENT ON FUNCTION wallet.grant_batch(text, wallet.grant_request[], text, text) IS
'Credits up to 1000 users out of a campaign. Each gets a BONUS that is accepted or refused by
itself. A campaign pays each user once, however often this is called, and in all never more than its
budget. A grant names its user by the first that is given of user_id, external_id and email. A user
who was paid the same before is a replay and costs nothing. A user who was paid another amount is
refused with WA301. p_reason says why; it is in the metadata of each BONUS.
Returns: wallet.grant_result: how many users were credited, with how much, how many had been
credited before, and the refusals with the place (ord) of their grant.
Locks: a stripe of the campaign''s budget, or all of them when the budget is nearly used up, until
the transaction ends; then what wallet.post_batch locks.
Raises: WA101 WA106 WA109 WA208';
