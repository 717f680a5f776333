CREATE OR REPLACE FUNCTION wallet.update_limit(
    p_limit_id bigint,
    p_maximum numeric DEFAULT NULL,
    p_is_clipping boolean DEFAULT NULL,
    p_is_active boolean DEFAULT NULL,
    p_actor text DEFAULT NULL,
    p_reason text DEFAULT NULL
) RETURNS wallet.limit_rule
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_limit wallet_private.limit_rule := wallet_private.find_limit(p_limit_id);
    v_asset wallet_private.asset;
BEGIN
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_limit.asset_id;
    IF p_maximum IS NOT NULL THEN
        p_maximum := wallet_private.check_maximum(v_limit.measure, p_maximum, v_asset);
    END IF;
    v_limit.is_clipping := coalesce(p_is_clipping, v_limit.is_clipping);
    PERFORM wallet_private.check_limit(v_limit, v_asset);

    UPDATE wallet_private.limit_rule AS r
    SET maximum = coalesce(p_maximum, r.maximum),
        is_clipping = coalesce(p_is_clipping, r.is_clipping),
        is_active = coalesce(p_is_active, r.is_active)
    WHERE r.limit_id = p_limit_id
    RETURNING * INTO v_limit;
    PERFORM wallet_private.record_action(
        'update_limit', v_limit.code, to_jsonb(v_limit), p_actor, p_reason
    );
    RETURN wallet_private.to_limit(v_limit);
END
$$;

COMMENT ON FUNCTION wallet.update_limit(bigint, numeric, boolean, boolean, text, text) IS
'Changes those fields of a limit that are given, for movements from now on; NULL leaves a field as
it is. A maximum below what a user has used refuses more and takes nothing back. A limit that is not
active refuses nothing, and does not count. p_reason says why, for the record.
Returns: wallet.limit_rule.
Locks: the limit''s row.
Raises: WA101 WA102 WA103 WA105 WA106 WA231 WA502';
