CREATE OR REPLACE FUNCTION wallet_private.verify_users(p_from uuid, p_to uuid, p_since bigint)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Runs all checks of users. They look at everything from the id p_from to the id p_to, both
-- included, whether or not there is such a user. NULL leaves an end open. Since a checkpoint
-- (p_since), chains and wallets are checked from the heads of then on, and all else that stands
-- beside the ledger only of who has moved.
DECLARE
    v_from uuid := coalesce(p_from, '00000000-0000-0000-0000-000000000000');
    v_to uuid := coalesce(p_to, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_moved record;
BEGIN
    RETURN QUERY SELECT f.* FROM wallet_private.verify_chains(v_from, v_to, p_since) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_erasures(v_from, v_to) AS f;
    RETURN QUERY SELECT f.* FROM wallet_private.verify_wallets(v_from, v_to, p_since) AS f;
    FOR v_moved IN
        SELECT m.first, m.last FROM wallet_private.moved_since(p_since, v_from, v_to) AS m
    LOOP
        RETURN QUERY
        SELECT f.* FROM wallet_private.verify_records(v_moved.first, v_moved.last) AS f;
    END LOOP;
END
$$;
