CREATE OR REPLACE FUNCTION wallet_private.warn_of_expiry(
    p_alert wallet_private.alert,
    p_moved wallet_private.transfer[],
    p_feed_position bigint,
    p_limit integer
) RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Tells each user once of lots that are about to expire: those that have come near as time went by,
-- and those of wallets that have moved. Returns how many lots that were; when it is p_limit, there
-- may be more.
DECLARE
    v_now timestamptz := clock_timestamp();
    v_until timestamptz := v_now + p_alert.within;
    v_lots wallet_private.lot[];
    v_told wallet_private.lot[];
BEGIN
    v_lots := ARRAY(
        SELECT l
        FROM wallet_private.lot AS l
        WHERE l.is_open AND l.expires_at BETWEEN greatest(p_alert.told_until_at, v_now) AND v_until
            AND l.asset_id = p_alert.asset_id AND l.remaining > l.held
            AND (p_alert.user_id IS NULL OR l.user_id = p_alert.user_id)
            AND NOT EXISTS (
                SELECT FROM wallet_private.alert_lot AS d
                WHERE d.alert_id = p_alert.alert_id AND d.user_id = l.user_id
                    AND d.lot_id = l.lot_id AND d.expires_at = l.expires_at
            )
        ORDER BY l.expires_at
        LIMIT p_limit
    );
    IF cardinality(v_lots) = p_limit THEN
        v_until := v_lots[p_limit].expires_at;
    END IF;
    v_told := ARRAY(
        SELECT DISTINCT ON ((n.lot).user_id, (n.lot).lot_id) n.lot
        FROM (
            SELECT l AS lot FROM unnest(v_lots) AS l
            UNION ALL
            SELECT l
            FROM (
                SELECT DISTINCT m.user_id FROM unnest(p_moved) AS m
                WHERE m.asset_id = p_alert.asset_id
                    AND (p_alert.user_id IS NULL OR m.user_id = p_alert.user_id)
            ) AS m
            INNER JOIN wallet_private.lot AS l
                ON l.user_id = m.user_id AND l.asset_id = p_alert.asset_id
            WHERE l.is_open AND l.remaining > l.held
                AND l.expires_at > v_now AND l.expires_at <= v_now + p_alert.within
        ) AS n
        ORDER BY (n.lot).user_id, (n.lot).lot_id
    );

    WITH told AS (
        INSERT INTO wallet_private.alert_lot (alert_id, user_id, lot_id, expires_at)
        SELECT p_alert.alert_id, l.user_id, l.lot_id, l.expires_at FROM unnest(v_told) AS l
        ON CONFLICT (alert_id, user_id, lot_id, expires_at) DO NOTHING
        RETURNING user_id, lot_id
    )

    INSERT INTO wallet_private.alert_event (
        feed_position, alert, user_id, asset_id, value, details
    )
    SELECT
        p_feed_position, p_alert.code, d.user_id, p_alert.asset_id, sum(l.remaining - l.held),
        jsonb_build_object(
            'measure', p_alert.measure, 'expires_at', min(l.expires_at),
            'lots', jsonb_agg(l.lot_id ORDER BY l.expires_at, l.lot_id)
        )
    FROM told AS d
    INNER JOIN unnest(v_told) AS l ON l.user_id = d.user_id AND l.lot_id = d.lot_id
    GROUP BY d.user_id
    ORDER BY d.user_id;

    -- What has expired is told of no more. That is put in order now and then.
    IF v_lots <> '{}' OR p_alert.told_until_at < v_until - interval '1 minute' THEN
        UPDATE wallet_private.alert AS a SET told_until_at = v_until
        WHERE a.alert_id = p_alert.alert_id;
        DELETE FROM wallet_private.alert_lot AS d
        WHERE d.alert_id = p_alert.alert_id AND d.expires_at <= v_now;
    END IF;
    RETURN cardinality(v_lots);
END
$$;
