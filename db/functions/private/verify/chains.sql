CREATE OR REPLACE FUNCTION wallet_private.chains(
    p_from uuid, p_to uuid, OUT user_id uuid, OUT asset_id integer
) RETURNS SETOF record
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Whose transfers there are of these users, and of which assets. It jumps from wallet to wallet
    -- in the index, so it costs the same however many transfers each has.
    WITH RECURSIVE chain AS (
        (
            SELECT t.user_id, t.asset_id FROM wallet_private.transfer AS t
            WHERE t.user_id BETWEEN p_from AND p_to
            ORDER BY t.user_id, t.asset_id
            LIMIT 1
        )
        UNION ALL
        SELECT n.user_id, n.asset_id
        FROM chain AS c
        CROSS JOIN LATERAL (
            SELECT t.user_id, t.asset_id FROM wallet_private.transfer AS t
            WHERE (t.user_id, t.asset_id) > (c.user_id, c.asset_id) AND t.user_id <= p_to
            ORDER BY t.user_id, t.asset_id
            LIMIT 1
        ) AS n
    )

    SELECT c.user_id, c.asset_id FROM chain AS c
$$;
