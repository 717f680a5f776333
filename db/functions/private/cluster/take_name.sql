CREATE OR REPLACE FUNCTION wallet_private.take_name(
    p_kind text, p_name text, p_from uuid, p_claim_id uuid, p_place integer
) RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Takes a name from a claim that is barred. Returns whether nobody else was quicker.
BEGIN
    UPDATE wallet_private.name AS n
    SET claim_id = p_claim_id, place = p_place, claimed_at = clock_timestamp()
    WHERE n.kind = p_kind AND n.name = p_name AND n.claim_id = p_from AND n.user_id IS NULL;
    RETURN FOUND;
END
$$;
