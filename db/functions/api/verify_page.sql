CREATE OR REPLACE FUNCTION wallet.verify_page(
    p_from uuid DEFAULT NULL, p_limit integer DEFAULT 1000, p_before uuid DEFAULT NULL,
    p_since bigint DEFAULT NULL
) RETURNS wallet.verify_page
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_users uuid[];
    v_next uuid;
BEGIN
    PERFORM wallet_private.check_given('limit', p_limit);
    PERFORM wallet_private.check_range('limit', p_limit, 1, 100000);
    IF p_since IS NOT NULL AND NOT EXISTS (
        SELECT FROM wallet_private.checkpoint AS c WHERE c.checkpoint_id = p_since
    ) THEN
        RAISE EXCEPTION 'checkpoint not found'
            USING ERRCODE = 'WA209',
                DETAIL = format('There is no checkpoint %s.', p_since),
                HINT = 'wallet.list_checkpoints lists them.';
    END IF;
    v_users := ARRAY(
        SELECT u.user_id FROM wallet_private.user_account AS u
        WHERE (p_from IS NULL OR u.user_id >= p_from)
            AND (p_before IS NULL OR u.user_id < p_before)
        ORDER BY u.user_id
        LIMIT p_limit + 1
    );
    v_next := v_users[p_limit + 1];
    RETURN ROW(v_next, least(cardinality(v_users), p_limit), ARRAY(
        SELECT f FROM wallet_private.verify_users(
            p_from, wallet_private.uuid_before(coalesce(v_next, p_before)), p_since
        ) AS f
        UNION ALL
        SELECT f FROM wallet_private.verify_books(p_since) AS f
        WHERE v_next IS NULL AND p_before IS NULL
    ))::wallet.verify_page;
END
$$;

COMMENT ON FUNCTION wallet.verify_page(uuid, integer, uuid, bigint) IS
'Does what verify does, in pages of p_limit (1 to 100000) users, for large books. Begin with NULL
and go on with next_user_id until it is NULL. The last page also checks what concerns all users
together. Several can share the work: p_before ends the pages before a user id, and then there is
no such last page. A cluster refuses p_before (WA502): its pages go partition by partition.
p_since is a checkpoint whose root you have kept: call wallet.verify_checkpoint with the root first.
Then each wallet is checked from its head of then on, and of a wallet that has not moved only its
last transfer is read. What was before that head is as right as it was found when the checkpoint was
taken: only a check without p_since reads it again. Lots, limits, holds, purchases and the like are
checked of users who have moved. What would have to add up the whole ledger is left out: sums of
assets and campaigns, days, the spread of balances, who earned and spent most.
Returns: wallet.verify_page: where to go on, how many users were checked, and the findings.
Locks: nothing. Each page sees one instant of the books.
Raises: WA101 WA109 WA209';
