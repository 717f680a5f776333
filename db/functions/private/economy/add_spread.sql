CREATE OR REPLACE FUNCTION wallet_private.add_spread(p_spread wallet_private.spread[]) RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Adds counts to what is counted already. All callers lock the rows in one order.
    INSERT INTO wallet_private.spread AS o (asset_id, day, step, wallets, amount)
    SELECT s.asset_id, s.day, s.step, s.wallets, s.amount
    FROM unnest(p_spread) AS s
    ORDER BY s.asset_id, s.day, s.step
    ON CONFLICT (asset_id, day, step) DO UPDATE
    SET wallets = o.wallets + excluded.wallets, amount = o.amount + excluded.amount
$$;
