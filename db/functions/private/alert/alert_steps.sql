CREATE OR REPLACE FUNCTION wallet_private.alert_steps(p_moved wallet_private.transfer[])
RETURNS TABLE (
    alert_id integer, ord bigint, user_id uuid, value numeric, transaction_id uuid,
    threshold numeric, is_crossing boolean, is_last boolean, outstanding numeric
)
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Where values cross a threshold, or come back by the margin, as these transfers are made one
    -- after the other. A value that is not a user's begins with step 0, in which a cap or a budget
    -- may have changed, and its last step is there in any case.
    WITH moved AS MATERIALIZED (
        SELECT
            m.ordinality AS ord, m.user_id, m.asset_id, m.transaction_id, m.amount,
            m.balance_after, m.feed_position
        FROM unnest(p_moved) WITH ORDINALITY AS m
        WHERE m.amount <> 0
    ), watch AS MATERIALIZED (
        -- The most that users can hold or a campaign can give, and what the latter has left.
        SELECT
            a.*, b.available,
            CASE a.measure WHEN 'supply' THEN s.supply WHEN 'budget' THEN c.budget END AS most,
            CASE a.direction WHEN 'below' THEN 1 ELSE -1 END AS sign
        FROM wallet_private.alert AS a
        INNER JOIN wallet_private.asset AS s ON s.asset_id = a.asset_id
        LEFT JOIN wallet_private.campaign AS c ON c.campaign_id = a.campaign_id
        LEFT JOIN LATERAL (
            SELECT sum(g.available) AS available
            FROM wallet_private.budget AS g WHERE g.campaign_id = a.campaign_id
        ) AS b ON true
        WHERE a.measure <> 'expiring'
    ), flow AS (
        SELECT a.alert_id, 0 AS ord, NULL::uuid AS transaction_id, 0 AS amount
        FROM watch AS a
        WHERE a.measure <> 'balance'
        UNION ALL
        SELECT a.alert_id, m.ord, m.transaction_id, m.amount
        FROM watch AS a
        INNER JOIN moved AS m ON m.asset_id = a.asset_id AND m.feed_position >= a.feed_position
        WHERE a.measure IN ('outstanding', 'supply')
    ), total AS (
        SELECT
            f.*, lead(f.ord) OVER w IS NULL AS is_last,
            a.outstanding + sum(f.amount) OVER w AS outstanding
        FROM flow AS f
        INNER JOIN watch AS a ON a.alert_id = f.alert_id
        WINDOW w AS (PARTITION BY f.alert_id ORDER BY f.ord)
    ), step AS (
        SELECT
            a.alert_id, m.ord, m.user_id, m.balance_after - m.amount AS before,
            m.balance_after AS value, m.transaction_id, false AS is_last, NULL AS outstanding
        FROM watch AS a
        INNER JOIN moved AS m ON m.asset_id = a.asset_id AND m.feed_position >= a.feed_position
        WHERE a.measure = 'balance' AND (a.user_id IS NULL OR a.user_id = m.user_id)
        UNION ALL
        SELECT
            a.alert_id, t.ord, '00000000-0000-0000-0000-000000000000',
            CASE WHEN t.ord = 0 THEN a.value ELSE lag(v.value) OVER (
                PARTITION BY t.alert_id ORDER BY t.ord
            ) END,
            v.value, t.transaction_id, t.is_last, t.outstanding
        FROM total AS t
        INNER JOIN watch AS a ON a.alert_id = t.alert_id
        CROSS JOIN LATERAL (
            SELECT
                CASE a.measure
                    WHEN 'outstanding' THEN t.outstanding
                    WHEN 'supply' THEN a.most - t.outstanding
                    ELSE a.available
                END
        ) AS v (value)
    )

    SELECT
        s.alert_id, s.ord, s.user_id, s.value, s.transaction_id, l.threshold, c.is_crossing,
        s.is_last, s.outstanding
    FROM step AS s
    INNER JOIN watch AS a ON a.alert_id = s.alert_id
    CROSS JOIN LATERAL (
        SELECT
            a.threshold * CASE WHEN a.is_share THEN a.most ELSE 1 END,
            a.margin * CASE WHEN a.is_share THEN a.most ELSE 1 END
    ) AS l (threshold, margin)
    CROSS JOIN LATERAL (
        -- Above is below with the other sign.
        SELECT
            CASE
                WHEN a.sign * s.value < a.sign * l.threshold
                    THEN CASE WHEN a.sign * s.before >= a.sign * l.threshold THEN true END
                WHEN a.sign * s.value >= a.sign * l.threshold + l.margin THEN CASE
                    WHEN s.ord = 0 OR a.sign * s.before < a.sign * l.threshold + l.margin
                        THEN false
                END
            END
    ) AS c (is_crossing)
    WHERE c.is_crossing IS NOT NULL OR s.is_last
    ORDER BY s.ord, s.alert_id
$$;
