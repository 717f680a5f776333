CREATE OR REPLACE FUNCTION wallet_private.add_days(p_days wallet_private.daily[]) RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Adds counts to what is counted already. All callers lock the rows in one order.
    INSERT INTO wallet_private.daily AS o (
        asset_id, day, kind, transfers, issued, removed, movers, new_users
    )
    SELECT d.asset_id, d.day, d.kind, d.transfers, d.issued, d.removed, d.movers, d.new_users
    FROM unnest(p_days) AS d
    ORDER BY d.asset_id, d.day, d.kind
    ON CONFLICT (asset_id, day, kind) DO UPDATE
    SET transfers = o.transfers + excluded.transfers,
        issued = o.issued + excluded.issued,
        removed = o.removed + excluded.removed,
        movers = o.movers + excluded.movers,
        new_users = o.new_users + excluded.new_users
$$;
