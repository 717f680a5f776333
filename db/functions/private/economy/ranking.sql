CREATE OR REPLACE FUNCTION wallet_private.ranking(p_to_day date)
RETURNS SETOF wallet_private.leader
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The 20 who earned most and the 20 who spent most of each asset, in the 7, 30 and 90 days that
    -- end with this one (UTC). It reads the ledger once: first into parts of the 90 days.
    WITH part AS (
        SELECT
            t.asset_id, t.user_id,
            CASE WHEN t.amount > 0 THEN 'earned' ELSE 'spent' END AS direction,
            CASE
                WHEN t.created_at >= (p_to_day - 6)::timestamp AT TIME ZONE 'UTC' THEN 7
                WHEN t.created_at >= (p_to_day - 29)::timestamp AT TIME ZONE 'UTC' THEN 30
                ELSE 90
            END AS days,
            abs(sum(t.amount)) AS amount
        FROM wallet_private.transfer AS t
        WHERE t.created_at >= (p_to_day - 89)::timestamp AT TIME ZONE 'UTC'
            AND t.created_at < (p_to_day + 1)::timestamp AT TIME ZONE 'UTC'
            AND (
                (t.amount > 0 AND t.kind IN ('BONUS', 'TASK', 'ADJUST'))
                OR (t.amount < 0 AND t.kind IN ('SPEND', 'PURCHASE', 'CAPTURE'))
            )
        GROUP BY 1, 2, 3, 4
    ),

    total AS (
        SELECT p.asset_id, s.days, p.direction, p.user_id, sum(p.amount) AS amount
        FROM part AS p
        INNER JOIN (VALUES (7), (30), (90)) AS s (days) ON p.days <= s.days
        GROUP BY p.asset_id, s.days, p.direction, p.user_id
    ),

    peers AS (
        SELECT
            t.asset_id, t.days, t.direction, count(*) AS users,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY t.amount) AS median
        FROM total AS t
        GROUP BY t.asset_id, t.days, t.direction
    )

    SELECT
        r.asset_id, r.days, r.direction, r.rank::integer, r.user_id, r.amount, p.users, p.median
    FROM (
        SELECT t.*, row_number() OVER (
            PARTITION BY t.asset_id, t.days, t.direction ORDER BY t.amount DESC, t.user_id
        ) AS rank
        FROM total AS t
    ) AS r
    INNER JOIN peers AS p
        ON r.asset_id = p.asset_id AND r.days = p.days AND r.direction = p.direction
    WHERE r.rank <= 20
$$;
