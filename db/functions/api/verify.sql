CREATE OR REPLACE FUNCTION wallet.verify(p_user_id uuid DEFAULT NULL)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_user_id IS NOT NULL THEN
        PERFORM wallet_private.find_user(p_user_id);
        RETURN QUERY
        SELECT f.* FROM wallet_private.verify_users(p_user_id, p_user_id, NULL) AS f;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.* FROM wallet_private.verify_users(NULL, NULL, NULL) AS f
    UNION ALL
    SELECT f.* FROM wallet_private.verify_books(NULL) AS f;
END
$$;

COMMENT ON FUNCTION wallet.verify(uuid) IS
'Computes again what must be true of one user or of all (NULL). Each wallet is the sum of its
transfers and at the head of an intact chain without gaps. held is what open holds hold. Caps and
budgets are kept, and the books are at zero. Every purchase, completion, hold and reversal has its
transfer.
Returns: wallet.finding for each fault (the check, what it is about, expected, found), and no row
when all is well.
Locks: nothing. It sees one instant of the books and blocks nobody.
Raises: WA201';
