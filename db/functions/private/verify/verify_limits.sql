CREATE OR REPLACE FUNCTION wallet_private.verify_limits(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Goes through what these users have used of each limit once more, movement by movement, and
-- compares what was counted with what the ledger says.
DECLARE
    v_event record;
    v_limit_id bigint;
    v_user_id uuid;
    v_periods jsonb;
    v_used numeric;
BEGIN
    -- Each movement counts as its limit says.
    RETURN QUERY
    SELECT
        'a movement counts as its limit says',
        format('transaction %s of user %s limit %s', t.transaction_id, t.user_id, r.code),
        trim_scale(c.expected)::text, trim_scale(c.found)::text
    FROM wallet_private.transfer AS t
    CROSS JOIN LATERAL jsonb_to_recordset(t.details #> '{result,limits}') AS e (
        "limit" bigint, use numeric, used numeric
    )
    INNER JOIN wallet_private.limit_rule AS r ON r.limit_id = e."limit"
    CROSS JOIN LATERAL (
        SELECT
            CASE r.measure
                WHEN 'balance' THEN t.balance_after
                WHEN 'count' THEN sign(a.amount)
                ELSE a.amount
            END AS expected,
            CASE r.measure WHEN 'balance' THEN e.used ELSE e.use END AS found
        FROM (SELECT wallet_private.counted_amount(r, t) AS amount) AS a
    ) AS c
    WHERE t.user_id BETWEEN p_from AND p_to AND t.details -> 'result' ? 'limits'
        AND c.expected IS DISTINCT FROM c.found
    ORDER BY t.user_id, t.asset_id, t.seq, r.code;

    -- No movement passed one.
    RETURN QUERY
    SELECT
        'a limit is kept',
        format('transaction %s of user %s limit %s', t.transaction_id, t.user_id, r.code),
        trim_scale(e.maximum)::text || ' at most', trim_scale(e.used)::text
    FROM wallet_private.transfer AS t
    CROSS JOIN LATERAL jsonb_to_recordset(t.details #> '{result,limits}') AS e (
        "limit" bigint, used numeric, maximum numeric
    )
    INNER JOIN wallet_private.limit_rule AS r ON r.limit_id = e."limit"
    WHERE t.user_id BETWEEN p_from AND p_to AND t.details -> 'result' ? 'limits'
        AND e.used > e.maximum
    ORDER BY t.user_id, t.asset_id, t.seq, r.code;

    FOR v_event IN
        SELECT
            u.*, r.code, u.period::text AS key, wallet_private.first_period(r, u.period) AS first
        FROM wallet_private.uses_of_limits(p_from, p_to) AS u
        INNER JOIN wallet_private.limit_rule AS r ON r.limit_id = u.limit_id
        ORDER BY u.user_id, u.limit_id, u.at, u.used_after NULLS FIRST
    LOOP
        IF (v_user_id, v_limit_id) IS DISTINCT FROM (v_event.user_id, v_event.limit_id) THEN
            v_user_id := v_event.user_id;
            v_limit_id := v_event.limit_id;
            v_periods := '{}';
        END IF;
        v_periods := v_periods || jsonb_build_object(
            v_event.key, coalesce((v_periods ->> v_event.key)::numeric, 0) + v_event.used
        );
        CONTINUE WHEN v_event.used_after IS NULL;
        -- What is too old is forgotten, but for two days: a calendar can go back by one.
        SELECT
            sum(p.value::numeric) FILTER (
                WHERE p.key::bigint BETWEEN v_event.first AND v_event.period
            ),
            jsonb_object_agg(p.key, p.value::numeric) FILTER (
                WHERE p.key::bigint >= v_event.first - 2
            )
        INTO v_used, v_periods
        FROM jsonb_each_text(v_periods) AS p;
        IF v_used <> v_event.used_after THEN
            RETURN QUERY SELECT
                'a limit counts on from what was used',
                format(
                    'transaction %s of user %s limit %s', v_event.transaction_id, v_event.user_id,
                    v_event.code
                ),
                trim_scale(v_used)::text, trim_scale(v_event.used_after)::text;
        END IF;
    END LOOP;

    -- And that is what there is now.
    RETURN QUERY
    SELECT
        'what is used of a limit is what movements used',
        format(
            'limit %s of user %s period %s', r.code, coalesce(x.user_id, u.user_id),
            coalesce(x.period, u.period)
        ),
        trim_scale(coalesce(x.used, 0))::text, trim_scale(coalesce(u.used, 0))::text
    FROM (
        SELECT e.user_id, e.limit_id, e.period, sum(e.used) AS used
        FROM wallet_private.uses_of_limits(p_from, p_to) AS e
        GROUP BY e.user_id, e.limit_id, e.period
    ) AS x
    FULL JOIN (
        SELECT * FROM wallet_private.limit_use AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) AS u ON u.user_id = x.user_id AND u.limit_id = x.limit_id AND u.period = x.period
    LEFT JOIN wallet_private.limit_rule AS r ON r.limit_id = coalesce(x.limit_id, u.limit_id)
    WHERE coalesce(x.used, 0) <> coalesce(u.used, 0)
    ORDER BY 2;
END
$$;
