CREATE OR REPLACE FUNCTION wallet_private.cohorts_at(
    p_asset wallet_private.asset, p_at timestamptz, p_time_zone text
) RETURNS SETOF wallet.liability_item
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Sums up the lots of an asset as they were at an instant (NULL = now). What each lot had been
    -- through by then is read in the ledger. An amount that had expired counts as expired, even if
    -- nothing had booked it; what a hold held of it does not.
    SELECT
        p_asset.code, c.origin, c.issue_month::date, c.expiry_month::date,
        sum(c.issued), sum(c.used), sum(c.expired + c.due), sum(c.reversed),
        sum(c.remaining - c.due)
    FROM (
        SELECT
            l.origin, l.amount AS issued, m.used, m.expired, m.reversed, r.remaining,
            date_trunc('month', b.created_at AT TIME ZONE p_time_zone) AS issue_month,
            date_trunc('month', r.expires_at AT TIME ZONE p_time_zone) AS expiry_month,
            CASE WHEN r.remaining > 0 AND r.expires_at <= coalesce(p_at, statement_timestamp())
                THEN r.remaining - coalesce((
                    SELECT h.amount
                    FROM wallet_private.held_lots(l.user_id, l.asset_id, p_at) AS h
                    WHERE h.lot_id = l.lot_id
                ), 0)
                ELSE 0
            END AS due
        FROM wallet_private.lot AS l
        -- The transfer that made it.
        INNER JOIN wallet_private.transfer AS b
            ON b.user_id = l.user_id AND b.asset_id = l.asset_id AND b.seq = l.lot_id
        LEFT JOIN (
            SELECT
                e.user_id, u.lot,
                sum(-sign(e.amount) * u.amount) FILTER (WHERE e.effect = 'used') AS used,
                sum(-sign(e.amount) * u.amount) FILTER (WHERE e.effect = 'expired') AS expired,
                sum(-sign(e.amount) * u.amount) FILTER (WHERE e.effect = 'reversed') AS reversed,
                -- The grace of a reversal moves the expiry.
                (array_agg(u.expires_at ORDER BY e.seq DESC)
                    FILTER (WHERE u.expires_at IS NOT NULL))[1] AS expires_at
            FROM wallet_private.effects_until(p_asset.asset_id, p_at) AS e
            CROSS JOIN LATERAL jsonb_to_recordset(e.lots) AS u (
                lot bigint, amount numeric, expires_at text
            )
            GROUP BY e.user_id, u.lot
        ) AS x ON x.user_id = l.user_id AND x.lot = l.lot_id
        CROSS JOIN LATERAL (
            SELECT
                coalesce(x.used, 0) AS used, coalesce(x.expired, 0) AS expired,
                coalesce(x.reversed, 0) AS reversed
        ) AS m
        CROSS JOIN LATERAL (
            SELECT
                l.amount - m.used - m.expired - m.reversed AS remaining,
                wallet_private.to_instant(
                    coalesce(x.expires_at, b.details #>> '{result,lot,expires_at}')
                ) AS expires_at
        ) AS r
        WHERE l.asset_id = p_asset.asset_id AND (p_at IS NULL OR b.created_at <= p_at)
    ) AS c
    GROUP BY c.origin, c.issue_month, c.expiry_month
$$;
