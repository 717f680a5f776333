CREATE OR REPLACE FUNCTION wallet_private.verify_books() RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Runs the checks that look at all users together.
BEGIN
    RETURN QUERY SELECT f.* FROM wallet_private.verify_assets() AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_campaigns() AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_days() AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_spread() AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_leaders() AS f;
END
$$;
