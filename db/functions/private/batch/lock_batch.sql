CREATE OR REPLACE FUNCTION wallet_private.lock_batch(p_items wallet_private.batch_item[])
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Opens the wallets that a batch needs and that are missing. Then locks all wallets of its users,
-- in their order. A key belongs to a user, not to a wallet. So no other request with one of these
-- keys is under way afterwards.
DECLARE
    v_user_id uuid;
BEGIN
    FOR v_user_id IN
        SELECT DISTINCT u.user_id
        FROM unnest(p_items) AS i
        INNER JOIN wallet_private.user_account AS u ON u.user_id = (i.transfer).user_id
        LEFT JOIN wallet_private.wallet AS w
            ON w.user_id = (i.transfer).user_id AND w.asset_id = (i.transfer).asset_id
        WHERE w.user_id IS NULL
        ORDER BY u.user_id
    LOOP
        PERFORM wallet_private.open_wallets(v_user_id);
    END LOOP;

    UPDATE wallet_private.wallet AS w SET held = w.held
    FROM (
        SELECT l.user_id, l.asset_id
        FROM wallet_private.wallet AS l
        WHERE l.user_id = ANY (ARRAY(SELECT (i.transfer).user_id FROM unnest(p_items) AS i))
        ORDER BY l.user_id, l.asset_id
    ) AS o
    WHERE w.user_id = o.user_id AND w.asset_id = o.asset_id;
END
$$;
