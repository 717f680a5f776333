CREATE OR REPLACE FUNCTION wallet.list_limit_use(p_user_id uuid, p_asset text)
RETURNS SETOF wallet.limit_use
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_asset wallet_private.asset := wallet_private.find_asset(p_asset);
    v_now timestamptz;
BEGIN
    PERFORM wallet_private.find_user(p_user_id);
    -- The time that a movement would have.
    v_now := greatest(statement_timestamp(), (
        SELECT w.moved_at FROM wallet_private.wallet AS w
        WHERE w.user_id = p_user_id AND w.asset_id = v_asset.asset_id
    ));
    RETURN QUERY
    SELECT
        p_user_id, r.limit_id, r.code, v_asset.code, r.measure, r.maximum::numeric, s.used,
        greatest(r.maximum::numeric - s.used, 0),
        CASE WHEN s.used > 0 THEN wallet_private.more_at(r, p_user_id, s.period) END
    FROM wallet_private.limit_rule AS r
    CROSS JOIN LATERAL (
        SELECT
            p.period,
            CASE r.measure
                WHEN 'balance' THEN (wallet.get_balance(p_user_id, v_asset.code)).balance
                ELSE wallet_private.limit_used(r, p_user_id, p.period) - (
                    -- An expired hold holds nothing, even before anything has closed it.
                    SELECT coalesce(sum(g.used), 0)
                    FROM wallet_private.hold AS h
                    CROSS JOIN LATERAL wallet_private.rest_of_hold(h) AS g
                    WHERE h.user_id = p_user_id AND h.asset_id = v_asset.asset_id
                        AND h.status = 'open' AND h.expires_at <= v_now
                        AND g.limit_id = r.limit_id
                        AND g.period BETWEEN wallet_private.first_period(r, p.period)
                            AND p.period
                )
            END AS used
        FROM (SELECT wallet_private.limit_period(r, v_now) AS period) AS p
    ) AS s
    WHERE r.asset_id = v_asset.asset_id AND r.is_active
    ORDER BY r.limit_id;
END
$$;

COMMENT ON FUNCTION wallet.list_limit_use(uuid, text) IS
'What a user has used of each active limit of an asset, and what remains. more_at is the instant
from which on more remains: the end of the period, or when a rolling limit lets go of the oldest
movement. It is NULL if nothing is used, and for a limit on the balance.
Returns: wallet.limit_use for each; none for an asset without limits.
Locks: nothing.
Raises: WA101 WA201 WA202';
