CREATE OR REPLACE FUNCTION wallet_private.place_after(
    p_place jsonb, p_page wallet_private.transfer[]
) RETURNS jsonb
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Finds the place in a history where the next page begins.
    SELECT p_place || coalesce(jsonb_object_agg(f.asset_id, f.seq - 1), '{}')
    FROM (
        SELECT t.asset_id, min(t.seq) AS seq
        FROM unnest(p_page) AS t
        GROUP BY t.asset_id
    ) AS f
$$;
