CREATE OR REPLACE FUNCTION wallet_private.spread_figures(
    p_asset text, p_from_day date, p_to_day date, p_changes wallet.spread_change[]
) RETURNS SETOF wallet.distribution_day
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- What wallet.distribution answers, from the changes of all days until then.
    -- The wallets in each step at the end of each day:
    WITH held AS (
        SELECT
            g.day, g.step, sum(c.wallets) OVER until_day AS wallets,
            sum(c.amount) OVER until_day AS amount
        FROM (
            SELECT p_from_day + n.number AS day, e.step
            FROM generate_series(-1, p_to_day - p_from_day) AS n (number)
            CROSS JOIN (SELECT DISTINCT o.step FROM unnest(p_changes) AS o) AS e
        ) AS g
        LEFT JOIN unnest(p_changes) AS c ON g.day = c.day AND g.step = c.step
        WINDOW until_day AS (PARTITION BY g.step ORDER BY g.day)
    ),

    -- From the poorest step up: the wallets and what they hold, with those below.
    climbed AS (
        SELECT
            h.day, h.wallets, h.amount, sum(h.wallets) OVER upwards AS wallets_until,
            sum(h.amount) OVER upwards AS amount_until, sum(h.wallets) OVER whole AS holders,
            sum(h.amount) OVER whole AS total
        FROM held AS h
        WHERE h.wallets > 0
        WINDOW whole AS (PARTITION BY h.day), upwards AS (PARTITION BY h.day ORDER BY h.step)
    ),

    figures AS (
        SELECT
            c.day, max(c.holders) AS holders, max(c.total) AS total,
            min(c.amount / c.wallets) FILTER (WHERE 2 * c.wallets_until >= c.holders) AS median,
            -- Of the richest hundredth, those in this step.
            sum(c.amount / c.wallets * least(
                c.wallets,
                greatest(0, ceil(c.holders / 100) - (c.holders - c.wallets_until))
            )) AS top_amount,
            sum(c.wallets * (2 * c.amount_until - c.amount)) AS area
        FROM climbed AS c
        GROUP BY c.day
    )

    SELECT
        a.code, p_from_day + n.number, coalesce(f.holders, 0)::bigint,
        -- A quotient has as many decimals as what is divided.
        round((f.total + 0e-20) / f.holders, a.scale + 2), round(f.median, a.scale + 2),
        round(f.top_amount / f.total, 4), round(1 - f.area / (f.holders * f.total), 4)
    FROM wallet_private.asset AS a
    CROSS JOIN generate_series(0, p_to_day - p_from_day) AS n (number)
    LEFT JOIN figures AS f ON f.day = p_from_day + n.number
    WHERE a.code = p_asset
    ORDER BY n.number
$$;
