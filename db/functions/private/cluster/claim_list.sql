CREATE OR REPLACE FUNCTION wallet_private.claim_list(
    p_kinds text[], p_names text[], p_homes integer[], p_claim_id uuid
) RETURNS TABLE (kind text, name text, home integer, user_id uuid)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- wallet_private.claim_name for many, in one order; but for those that nobody can have. A row for
-- each that somebody else has.
BEGIN
    INSERT INTO wallet_private.name AS n (kind, name, claim_id, place)
    SELECT c.kind, c.name, p_claim_id, c.home
    FROM unnest(p_kinds, p_names, p_homes) AS c (kind, name, home)
    WHERE wallet_private.is_text(c.name, 255)
    ORDER BY c.name COLLATE "C", c.kind
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT c.kind, c.name, c.home, n.user_id
    FROM unnest(p_kinds, p_names, p_homes) AS c (kind, name, home)
    INNER JOIN wallet_private.name AS n ON n.kind = c.kind AND n.name = c.name
    WHERE n.claim_id <> p_claim_id
    ORDER BY c.name COLLATE "C", c.kind;
END
$$;
