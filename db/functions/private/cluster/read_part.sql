CREATE OR REPLACE FUNCTION wallet_private.read_part(
    p_subscription text, p_limit integer, p_cursors text[]
) RETURNS TABLE (place integer, start_cursor text, page wallet.event_page)
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- This partition's page behind its cursor, and where that begins if no cursor is given.
    SELECT
        p.number,
        coalesce(
            p_cursors[1],
            wallet_private.to_event_cursor(wallet_private.feed_identity(), s.place)
        ),
        wallet.read_events(p_subscription, p_limit, p_cursors[1])
    FROM wallet_private.partition AS p
    LEFT JOIN wallet_private.subscription AS s ON s.code = p_subscription
$$;
