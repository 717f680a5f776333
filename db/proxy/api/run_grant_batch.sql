CREATE OR REPLACE FUNCTION wallet_private.run_grant_batch(
    p_campaign text, p_grants wallet.grant_request[], p_actor text, p_reason text
) RETURNS wallet.grant_result
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- A grant names its user by the first given of user_id, external_id and email. Whom nobody knows is
-- refused wherever it is asked.
DECLARE
    v_count integer := cardinality(p_grants);
    v_users uuid[];
    v_result wallet.grant_result;
    v_more wallet.grant_result;
    v_refusals wallet.refusal[];
    v_refusal wallet.refusal;
    v_place integer;
    v_part integer[];
    v_needed numeric;
    v_try integer;
BEGIN
    IF v_count BETWEEN 1 AND 1000 IS NOT TRUE THEN
        RETURN wallet_private.grant_batch(
            wallet_private.any_place(), p_campaign, p_grants, p_actor, p_reason
        );
    END IF;
    p_grants := p_grants[:];
    WITH grant_ AS MATERIALIZED (
        SELECT
            g.ord,
            g.user_id,
            CASE WHEN g.user_id IS NULL AND g.external_id IS NOT NULL THEN g.external_id END
                AS external_id,
            CASE WHEN coalesce(g.user_id::text, g.external_id) IS NULL THEN lower(g.email) END
                AS email
        FROM unnest(p_grants) WITH ORDINALITY AS g (
            user_id, external_id, email, amount, reference, ord
        )
    ),

    known AS MATERIALIZED (
        SELECT k.kind, k.name, k.user_id FROM wallet_private.find_user_ids(
            'external_id', ARRAY(SELECT g.external_id FROM grant_ AS g WHERE g.external_id <> '')
        ) AS k
        UNION ALL
        SELECT k.kind, k.name, k.user_id FROM wallet_private.find_user_ids(
            'email', ARRAY(SELECT g.email FROM grant_ AS g WHERE g.email <> '')
        ) AS k
    )

    SELECT array_agg(coalesce(g.user_id, k.user_id) ORDER BY g.ord) INTO v_users
    FROM grant_ AS g
    LEFT JOIN known AS k
        ON (k.kind = 'external_id' AND k.name = g.external_id)
        OR (k.kind = 'email' AND k.name = g.email);

    SELECT
        sum(s.users)::integer, sum(s.amount), sum(s.replays)::integer,
        ARRAY(
            SELECT r FROM unnest(array_agg(s)) AS p (users, amount, replays, refusals)
            CROSS JOIN LATERAL unnest(p.refusals) AS r
            ORDER BY r.ord
        )
    INTO v_result
    FROM wallet_private.split_grants(
        wallet_private.ready_places(v_users),
        p_campaign,
        p_grants,
        ARRAY(SELECT o.ord FROM generate_series(1, v_count) AS o (ord)),
        p_actor,
        p_reason
    ) AS s;

    -- Where a partition has too little of the budget, others may have enough for all that it lacks.
    FOR v_place, v_part, v_needed IN
        SELECT
            uuid_hash(v_users[r.ord]) & (wallet_private.partitions() - 1), array_agg(r.ord),
            sum(p_grants[r.ord].amount)
        FROM unnest(v_result.refusals) AS r
        WHERE r.code = 'WA410'
        GROUP BY 1
        HAVING count(*) > 1
    LOOP
        PERFORM wallet_private.gather(
            v_place, 'WA410', format('The campaign has 0 left, %s is needed', v_needed), 0,
            p_campaign
        );
        SELECT s.* INTO v_more FROM wallet_private.grant_part(
            v_place, p_campaign, ARRAY(SELECT p_grants[o.ord] FROM unnest(v_part) AS o (ord)),
            v_part, p_actor, p_reason
        ) AS s;
        v_result.users := v_result.users + v_more.users;
        v_result.amount := v_result.amount + v_more.amount;
        v_result.replays := v_result.replays + v_more.replays;
        v_result.refusals := ARRAY(
            SELECT r FROM unnest(v_result.refusals) AS r WHERE r.ord <> ALL (v_part)
        ) || v_more.refusals;
    END LOOP;

    -- Of a budget and of a cap, others may have enough for one.
    v_refusals := ARRAY(SELECT r FROM unnest(v_result.refusals) AS r ORDER BY r.ord);
    v_result.refusals := '{}';
    FOREACH v_refusal IN ARRAY v_refusals LOOP
        v_try := 0;
        LOOP
            EXIT WHEN (v_refusal.code IN ('WA402', 'WA410')) IS NOT TRUE OR v_try < 0;
            v_place := wallet_private.place(v_users[v_refusal.ord]);
            v_try := wallet_private.gather(
                v_place, v_refusal.code, v_refusal.detail, v_try,
                CASE v_refusal.code WHEN 'WA410' THEN p_campaign END
            );
            SELECT s.* INTO v_more FROM wallet_private.grant_part(
                v_place, p_campaign, ARRAY[p_grants[v_refusal.ord]], ARRAY[v_refusal.ord], p_actor,
                p_reason
            ) AS s;
            v_result.users := v_result.users + v_more.users;
            v_result.amount := v_result.amount + v_more.amount;
            v_result.replays := v_result.replays + v_more.replays;
            v_refusal := v_more.refusals[1];
        END LOOP;
        IF v_refusal.ord IS NOT NULL THEN
            v_result.refusals := v_result.refusals || v_refusal;
        END IF;
    END LOOP;
    RETURN v_result;
END
$$;
