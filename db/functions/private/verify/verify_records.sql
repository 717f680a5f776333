CREATE OR REPLACE FUNCTION wallet_private.verify_records(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Runs the checks of what stands beside the ledger for these users.
BEGIN
    RETURN QUERY SELECT f.* FROM wallet_private.verify_lots(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_limits(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_purchases(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_completions(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_holds(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_captures(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_reversals(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_refunds(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_debts(p_from, p_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_conversions(p_from, p_to) AS f;
END
$$;
