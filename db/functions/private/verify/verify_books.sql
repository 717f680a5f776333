CREATE OR REPLACE FUNCTION wallet_private.verify_books(p_since bigint)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Runs the checks that look at all users together. Since a checkpoint it leaves out what would have
-- to read the whole ledger.
BEGIN
    RETURN QUERY SELECT f.* FROM wallet_private.verify_assets(p_since) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_campaigns(p_since) AS f;
    IF p_since IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_days() AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_spread() AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_leaders() AS f;
END
$$;
