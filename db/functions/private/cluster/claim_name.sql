CREATE OR REPLACE FUNCTION wallet_private.claim_name(
    p_kind text, p_name text, p_claim_id uuid, p_place integer
) RETURNS TABLE (claim_id uuid, place integer, user_id uuid, is_old boolean)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Claims a name, unless it is taken. Returns whose it is now. An old claim is of somebody who has
-- crashed or is very slow.
BEGIN
    LOOP
        INSERT INTO wallet_private.name AS n (kind, name, claim_id, place)
        VALUES (p_kind, p_name, p_claim_id, p_place)
        ON CONFLICT DO NOTHING;
        RETURN QUERY
        SELECT n.claim_id, n.place, n.user_id, n.claimed_at < clock_timestamp() - interval '5 s'
        FROM wallet_private.name AS n
        WHERE n.kind = p_kind AND n.name = p_name;
        EXIT WHEN FOUND;
    END LOOP;
END
$$;
