CREATE OR REPLACE FUNCTION wallet_private.put_catalogue(p_catalogue jsonb) RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Makes this partition's catalogue that of partition 0, ids included. One that is not newer than
-- what is here changes nothing. Of what is scarce it gets none here. Returns the number of the
-- catalogue that is here then.
DECLARE
    v_with_lots integer[];  -- that get lots now
BEGIN
    UPDATE wallet_private.partition AS p SET catalogue = (p_catalogue ->> 'catalogue')::bigint
    WHERE p.catalogue < (p_catalogue ->> 'catalogue')::bigint;
    IF NOT FOUND THEN
        RETURN (SELECT p.catalogue FROM wallet_private.partition AS p);
    END IF;

    PERFORM wallet_private.keep_out_for_limits(p_catalogue -> 'limit_rule');
    v_with_lots := ARRAY(
        SELECT a.asset_id
        FROM jsonb_populate_recordset(NULL::wallet_private.asset, p_catalogue -> 'asset') AS r
        INNER JOIN wallet_private.asset AS a ON a.asset_id = r.asset_id
        WHERE a.lot_order IS NULL AND r.lot_order IS NOT NULL
        ORDER BY a.asset_id
    );
    PERFORM wallet_private.keep_out_for_lots(n.asset_id) FROM unnest(v_with_lots) AS n (asset_id);

    INSERT INTO wallet_private.asset AS a OVERRIDING SYSTEM VALUE
    SELECT r.* FROM jsonb_populate_recordset(
        NULL::wallet_private.asset, p_catalogue -> 'asset'
    ) AS r
    ON CONFLICT (asset_id) DO UPDATE SET
        name = excluded.name,
        sign_up_bonus = excluded.sign_up_bonus,
        is_purchasable = excluded.is_purchasable,
        archived_at = excluded.archived_at,
        lot_order = excluded.lot_order,
        expires_in = excluded.expires_in,
        is_paid_expiring = excluded.is_paid_expiring,
        is_debt_blocking = excluded.is_debt_blocking,
        got_lots_at = excluded.got_lots_at
    WHERE (
        a.name, a.sign_up_bonus, a.is_purchasable, a.archived_at, a.lot_order, a.expires_in,
        a.is_paid_expiring, a.is_debt_blocking, a.got_lots_at
    ) IS DISTINCT FROM (
        excluded.name, excluded.sign_up_bonus, excluded.is_purchasable, excluded.archived_at,
        excluded.lot_order, excluded.expires_in, excluded.is_paid_expiring,
        excluded.is_debt_blocking, excluded.got_lots_at
    );
    PERFORM wallet_private.make_lots(a)
    FROM wallet_private.asset AS a WHERE a.asset_id = ANY (v_with_lots);
    PERFORM wallet_private.put_limits(p_catalogue -> 'limit_rule');

    -- Whether there is a cap, or a budget, is changed apart: wallet_private.limit_share.
    UPDATE wallet_private.asset AS a SET supply = r.supply
    FROM jsonb_populate_recordset(NULL::wallet_private.asset, p_catalogue -> 'asset') AS r
    WHERE a.asset_id = r.asset_id AND a.supply <> r.supply;
    INSERT INTO wallet_private.supply (asset_id, stripe, available)
    SELECT a.asset_id, s.stripe, 0
    FROM wallet_private.asset AS a
    CROSS JOIN generate_series(0, 15) AS s (stripe)
    WHERE a.supply IS NOT NULL
    ON CONFLICT DO NOTHING;

    -- In their order: the one before is replaced when the next one comes.
    INSERT INTO wallet_private.conversion_rate AS c OVERRIDING SYSTEM VALUE
    SELECT r.* FROM jsonb_populate_recordset(
        NULL::wallet_private.conversion_rate, p_catalogue -> 'conversion_rate'
    ) AS r
    ORDER BY r.rate_id
    ON CONFLICT (rate_id) DO UPDATE SET
        created_by = excluded.created_by,
        replaced_at = excluded.replaced_at
    WHERE (c.created_by, c.replaced_at) IS DISTINCT FROM (
        excluded.created_by, excluded.replaced_at
    );

    INSERT INTO wallet_private.task AS t OVERRIDING SYSTEM VALUE
    SELECT r.* FROM jsonb_populate_recordset(
        NULL::wallet_private.task, p_catalogue -> 'task'
    ) AS r
    ON CONFLICT (task_id) DO UPDATE SET
        name = excluded.name,
        reward = excluded.reward,
        max_completions = excluded.max_completions,
        cooldown = excluded.cooldown,
        is_self_service = excluded.is_self_service,
        is_active = excluded.is_active,
        expires_in = excluded.expires_in,
        period = excluded.period,
        time_zone = excluded.time_zone
    WHERE (
        t.name, t.reward, t.max_completions, t.cooldown, t.is_self_service, t.is_active,
        t.expires_in, t.period, t.time_zone
    ) IS DISTINCT FROM (
        excluded.name, excluded.reward, excluded.max_completions, excluded.cooldown,
        excluded.is_self_service, excluded.is_active, excluded.expires_in, excluded.period,
        excluded.time_zone
    );

    INSERT INTO wallet_private.item AS i OVERRIDING SYSTEM VALUE
    SELECT
        r.item_id, r.code, r.name, r.asset_id, r.price, CASE WHEN r.stock IS NOT NULL THEN 0 END,
        r.max_per_user, r.is_active, r.created_at
    FROM jsonb_populate_recordset(NULL::wallet_private.item, p_catalogue -> 'item') AS r
    ON CONFLICT (item_id) DO UPDATE SET
        name = excluded.name,
        price = excluded.price,
        max_per_user = excluded.max_per_user,
        is_active = excluded.is_active
    WHERE (i.name, i.price, i.max_per_user, i.is_active) IS DISTINCT FROM (
        excluded.name, excluded.price, excluded.max_per_user, excluded.is_active
    );

    INSERT INTO wallet_private.campaign AS c OVERRIDING SYSTEM VALUE
    SELECT r.* FROM jsonb_populate_recordset(
        NULL::wallet_private.campaign, p_catalogue -> 'campaign'
    ) AS r
    ON CONFLICT (campaign_id) DO UPDATE SET budget = excluded.budget
    WHERE c.budget <> excluded.budget;
    INSERT INTO wallet_private.budget (campaign_id, stripe, available)
    SELECT c.campaign_id, s.stripe, CASE WHEN c.budget IS NOT NULL THEN 0 END
    FROM wallet_private.campaign AS c
    CROSS JOIN generate_series(0, 7) AS s (stripe)
    ON CONFLICT DO NOTHING;
    RETURN (p_catalogue ->> 'catalogue')::bigint;
END
$$;
