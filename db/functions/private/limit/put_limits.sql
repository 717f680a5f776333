CREATE OR REPLACE FUNCTION wallet_private.put_limits(p_limits jsonb) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Makes a partition's limits those of partition 0. Their assets are there.
DECLARE
    v_new wallet_private.limit_rule[] := ARRAY(
        SELECT n FROM jsonb_populate_recordset(NULL::wallet_private.limit_rule, p_limits) AS n
        LEFT JOIN wallet_private.limit_rule AS r ON r.limit_id = n.limit_id
        WHERE r.limit_id IS NULL
    );
    v_limit wallet_private.limit_rule;
BEGIN
    INSERT INTO wallet_private.limit_rule AS r OVERRIDING SYSTEM VALUE
    SELECT n.* FROM jsonb_populate_recordset(NULL::wallet_private.limit_rule, p_limits) AS n
    ON CONFLICT (limit_id) DO UPDATE SET
        maximum = excluded.maximum,
        is_clipping = excluded.is_clipping,
        is_active = excluded.is_active
    WHERE (r.maximum, r.is_clipping, r.is_active) IS DISTINCT FROM (
        excluded.maximum, excluded.is_clipping, excluded.is_active
    );
    FOREACH v_limit IN ARRAY v_new LOOP
        PERFORM wallet_private.set_limited(v_limit.asset_id);
    END LOOP;
END
$$;
