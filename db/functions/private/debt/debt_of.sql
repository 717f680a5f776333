CREATE OR REPLACE FUNCTION wallet_private.debt_of(p_user_id uuid, p_asset_id integer)
RETURNS numeric
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What a user owes of an asset. It is VOLATILE because a caller may wait for the wallet's lock
    -- within the same expression: it has to see what was committed meanwhile.
    SELECT coalesce((
        SELECT d.amount FROM wallet_private.debt AS d
        WHERE d.user_id = p_user_id AND d.asset_id = p_asset_id
    ), 0)
$$;
