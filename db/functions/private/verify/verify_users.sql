CREATE OR REPLACE FUNCTION wallet_private.verify_users(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Runs all checks of users. They look at everything from the id p_from to the id p_to, both
-- included, whether or not there is such a user. NULL leaves an end open.
DECLARE
    v_from uuid := coalesce(p_from, '00000000-0000-0000-0000-000000000000');
    v_to uuid := coalesce(p_to, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
BEGIN
    RETURN QUERY SELECT f.* FROM wallet_private.verify_chains(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_erasures(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_wallets(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_lots(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_limits(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_purchases(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_completions(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_holds(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_captures(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_reversals(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_refunds(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_debts(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_conversions(v_from, v_to) AS f;
END
$$;
