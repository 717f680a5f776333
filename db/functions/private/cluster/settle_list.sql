CREATE OR REPLACE FUNCTION wallet_private.settle_list(
    p_kinds text[], p_names text[], p_users uuid[], p_claim_id uuid
) RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- wallet_private.settle_name for many.
BEGIN
    FOR v_number IN 1..cardinality(p_names) LOOP
        PERFORM wallet_private.settle_name(
            p_kinds[v_number], p_names[v_number], p_claim_id, p_users[v_number]
        );
    END LOOP;
    RETURN cardinality(p_names);
END
$$;
