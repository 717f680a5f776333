CREATE OR REPLACE FUNCTION wallet_private.to_limit(p_limit wallet_private.limit_rule)
RETURNS wallet.limit_rule
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT ROW(
        p_limit.limit_id, p_limit.code, wallet_private.asset_code(p_limit.asset_id),
        p_limit.measure, p_limit.maximum, p_limit.direction, p_limit.kinds, p_limit.origin,
        p_limit.period, p_limit.time_zone, p_limit.rolling, p_limit.is_clipping,
        p_limit.is_active, p_limit.created_at
    )::wallet.limit_rule
$$;
