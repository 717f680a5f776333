CREATE OR REPLACE FUNCTION wallet_private.settle_name(
    p_kind text, p_name text, p_claim_id uuid, p_user_id uuid
) RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- The user is made: the name is his. Without a user the name is free again.
    UPDATE wallet_private.name AS n SET user_id = p_user_id
    WHERE n.kind = p_kind AND n.name = p_name AND n.claim_id = p_claim_id AND n.user_id IS NULL
        AND p_user_id IS NOT NULL;
    DELETE FROM wallet_private.name AS n
    WHERE n.kind = p_kind AND n.name = p_name AND n.claim_id = p_claim_id AND n.user_id IS NULL
        AND p_user_id IS NULL;
$$;
