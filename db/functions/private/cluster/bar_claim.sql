CREATE OR REPLACE FUNCTION wallet_private.bar_claim(p_claim_id uuid, p_kind text, p_name text)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
-- What has become of a claim: the user that was made by it; or none, and none will be. It waits for
-- the end of wallet_private.heed_claim, by the key of the table.
BEGIN
    INSERT INTO wallet_private.barred_claim (claim_id) VALUES (p_claim_id)
    ON CONFLICT DO NOTHING;
    RETURN wallet_private.find_named(p_kind, p_name);
END
$$;
