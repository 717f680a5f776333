CREATE OR REPLACE FUNCTION wallet_private.spread_figures(
    p_asset text, p_from_day date, p_to_day date, p_changes wallet.spread_change[]
) RETURNS SETOF wallet.distribution_day
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- What wallet.distribution answers, from the changes of all days until then. Floats have more
    -- digits than steps, and are quicker. Only the average is exact.
    WITH change AS MATERIALIZED (
        SELECT c.day, c.step::float8 AS step, c.wallets::float8 AS wallets, c.amount
        FROM unnest(p_changes) AS c
    ),

    whole AS (
        SELECT
            p_from_day + n.number AS day, sum(c.wallets) OVER until_day AS holders,
            sum(c.amount) OVER until_day AS total
        FROM generate_series(-1, p_to_day - p_from_day) AS n (number)
        LEFT JOIN (
            SELECT o.day, sum(o.wallets) AS wallets, sum(o.amount) AS amount FROM change AS o
            GROUP BY o.day
        ) AS c ON c.day = p_from_day + n.number
        WINDOW until_day AS (ORDER BY n.number)
    ),

    -- The wallets in each step at the end of each day:
    held AS (
        SELECT
            g.day, g.step, sum(c.wallets) OVER until_day AS wallets,
            sum(c.amount::float8) OVER until_day AS amount
        FROM (
            SELECT p_from_day + n.number AS day, e.step
            FROM generate_series(-1, p_to_day - p_from_day) AS n (number)
            CROSS JOIN (SELECT DISTINCT o.step FROM change AS o) AS e
        ) AS g
        LEFT JOIN change AS c ON g.day = c.day AND g.step = c.step
        WINDOW until_day AS (PARTITION BY g.step ORDER BY g.day)
    ),

    -- From the poorest step up: the wallets and what they hold, with those below.
    climbed AS (
        SELECT
            h.day, h.wallets, h.amount, sum(h.wallets) OVER upwards AS wallets_until,
            sum(h.amount) OVER upwards AS amount_until
        FROM held AS h
        WHERE h.wallets > 0
        WINDOW upwards AS (PARTITION BY h.day ORDER BY h.step)
    ),

    figures AS (
        SELECT
            w.day, w.holders, w.total,
            min(c.amount / c.wallets) FILTER (WHERE 2 * c.wallets_until >= w.holders) AS median,
            -- Of the richest hundredth, those in this step.
            sum(c.amount / c.wallets * least(
                c.wallets,
                greatest(0, ceil(w.holders / 100) - (w.holders - c.wallets_until))
            )) / w.total::float8 AS top_share,
            1 - sum(c.wallets * (2 * c.amount_until - c.amount))
                / (w.holders * w.total::float8) AS gini
        FROM climbed AS c
        INNER JOIN whole AS w ON c.day = w.day
        GROUP BY w.day, w.holders, w.total
    )

    SELECT
        a.code, p_from_day + n.number, coalesce(f.holders, 0)::bigint,
        -- A quotient has as many decimals as what is divided.
        round((f.total + 0e-20) / f.holders::bigint, a.scale + 2),
        round(f.median::numeric, a.scale + 2), round(f.top_share::numeric, 4),
        round(f.gini::numeric, 4)
    FROM wallet_private.asset AS a
    CROSS JOIN generate_series(0, p_to_day - p_from_day) AS n (number)
    LEFT JOIN figures AS f ON f.day = p_from_day + n.number
    WHERE a.code = p_asset
    ORDER BY n.number
$$;
