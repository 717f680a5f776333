CREATE OR REPLACE FUNCTION wallet_private.bar_claim(p_claim_id uuid, p_kind text, p_name text)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- Bars a claim and returns the user that it made, or NULL: then it will make none. The key of the
-- table makes this wait for a transaction that heeds the claim.
BEGIN
    INSERT INTO wallet_private.barred_claim (claim_id) VALUES (p_claim_id)
    ON CONFLICT DO NOTHING;
    RETURN wallet_private.find_named(p_kind, p_name);
END
$$;
