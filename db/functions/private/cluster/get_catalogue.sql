CREATE OR REPLACE FUNCTION wallet_private.get_catalogue() RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- All of the catalogue, with its number: what the other partitions have to have. Where a
    -- server is in its feed is its own.
    SELECT jsonb_build_object(
        'catalogue', p.catalogue,
        'asset', (
            SELECT coalesce(
                jsonb_agg(
                    to_jsonb(a) - '{feed_base,server_started_at}'::text[] ORDER BY a.asset_id
                ),
                '[]'
            )
            FROM wallet_private.asset AS a
        ),
        'conversion_rate', (
            SELECT coalesce(jsonb_agg(r ORDER BY r.rate_id), '[]')
            FROM wallet_private.conversion_rate AS r
        ),
        'task', (
            SELECT coalesce(jsonb_agg(t ORDER BY t.task_id), '[]')
            FROM wallet_private.task AS t
        ),
        'item', (
            SELECT coalesce(jsonb_agg(i ORDER BY i.item_id), '[]')
            FROM wallet_private.item AS i
        ),
        'limit_rule', (
            SELECT coalesce(jsonb_agg(r ORDER BY r.limit_id), '[]')
            FROM wallet_private.limit_rule AS r
        ),
        'campaign', (
            SELECT coalesce(jsonb_agg(c ORDER BY c.campaign_id), '[]')
            FROM wallet_private.campaign AS c
        )
    )
    FROM wallet_private.partition AS p
$$;
