CREATE OR REPLACE FUNCTION wallet_private.see_share(p_kind text, p_code text)
RETURNS TABLE (place integer, available numeric, given numeric, taken numeric)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- What this partition has of something scarce, what it ever got from others, and gave to them.
    SELECT
        p.number,
        CASE p_kind
            WHEN 'supply' THEN (
                SELECT sum(s.available)
                FROM wallet_private.supply AS s
                INNER JOIN wallet_private.asset AS a ON s.asset_id = a.asset_id
                WHERE a.code = p_code
            )
            WHEN 'budget' THEN (
                SELECT sum(b.available)
                FROM wallet_private.budget AS b
                INNER JOIN wallet_private.campaign AS c ON b.campaign_id = c.campaign_id
                WHERE c.code = p_code
            )
            ELSE (SELECT i.stock FROM wallet_private.item AS i WHERE i.code = p_code)
        END,
        (
            SELECT coalesce(sum(m.amount), 0) FROM wallet_private.share_move AS m
            WHERE m.kind = p_kind AND m.code = p_code AND m.is_in
        ),
        (
            SELECT coalesce(sum(m.amount), 0) FROM wallet_private.share_move AS m
            WHERE m.kind = p_kind AND m.code = p_code AND NOT m.is_in
        )
    FROM wallet_private.partition AS p
$$;
