CREATE OR REPLACE FUNCTION wallet.erase_user(
    p_user_id uuid, p_reason text, p_actor text DEFAULT NULL
) RETURNS wallet.user
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_user wallet_private.user_account;
    v_wallet wallet_private.wallet;
    v_finding wallet.finding;
BEGIN
    PERFORM wallet_private.check_given('reason', p_reason);
    PERFORM wallet_private.check_text('reason', p_reason);
    PERFORM wallet_private.check_text('actor', p_actor);
    PERFORM wallet_private.find_user(p_user_id);

    -- Whoever moves this user's wallets waits from here on.
    UPDATE wallet_private.user_account AS u SET status = u.status
    WHERE u.user_id = p_user_id
    RETURNING * INTO v_user;
    IF v_user.status = 'erased' THEN
        RETURN wallet_private.to_user(v_user);
    END IF;
    FOR v_wallet IN
        SELECT w.* FROM wallet_private.wallet AS w
        WHERE w.user_id = p_user_id
        ORDER BY w.asset_id
    LOOP
        IF NOT wallet_private.lock_wallet(p_user_id, v_wallet.asset_id) THEN
            PERFORM wallet_private.book_due(p_user_id, v_wallet.asset_id);
        END IF;
        PERFORM wallet_private.expire_holds(p_user_id, v_wallet.asset_id);
    END LOOP;

    -- What is still there, or still held, has to be settled before.
    SELECT w.* INTO v_wallet FROM wallet_private.wallet AS w
    WHERE w.user_id = p_user_id AND w.balance > 0
    ORDER BY w.held DESC, w.asset_id
    LIMIT 1;
    IF FOUND THEN
        PERFORM wallet_private.refuse_erasure(format(
            'The user has %s %s, of which %s is held.', v_wallet.balance,
            wallet_private.asset_code(v_wallet.asset_id), v_wallet.held
        ));
    END IF;
    -- A chain that is made anew must not hide that it was broken.
    SELECT f.* INTO v_finding
    FROM wallet_private.verify_users(p_user_id, p_user_id, NULL) AS f
    LIMIT 1;
    IF FOUND THEN
        PERFORM wallet_private.refuse_erasure(format(
            'The books have a fault: %s, %s.', v_finding."check", v_finding.subject
        ));
    END IF;

    DELETE FROM wallet_private.credential AS c WHERE c.user_id = p_user_id;
    PERFORM wallet_private.erase_texts(v_user);
    -- In a partition of a cluster: the others have to forget the names too.
    INSERT INTO wallet_private.half_erased (user_id, external_id, email)
    SELECT v_user.user_id, v_user.external_id, v_user.email
    FROM wallet_private.partition AS p;
    UPDATE wallet_private.wallet AS w SET is_active = false WHERE w.user_id = p_user_id;
    UPDATE wallet_private.user_account AS u
    SET external_id = NULL,
        name = NULL,
        email = NULL,
        phone = NULL,
        status = 'erased',
        status_reason = NULL,
        tokens_revoked_at = clock_timestamp()
    WHERE u.user_id = p_user_id
    RETURNING * INTO v_user;
    PERFORM wallet_private.record_action(
        'erase_user', p_user_id::text, jsonb_build_object('reason', p_reason), p_actor
    );
    RETURN wallet_private.to_user(v_user);
END
$$;

COMMENT ON FUNCTION wallet.erase_user(uuid, text, text) IS
'Erases who a user is (external id, name, email, phone, password), and what requests wrote about the
user: reference, metadata, reason, and the actor where that is neither the user''s own id nor a
login of the database. Amounts, kinds, times, ids and idempotency keys stay, and wallet.verify finds
nothing wrong. What the user owes stays on the books. The status is erased for good: nothing moves
any more, and who signs up with the same email address is a new user. It is refused while anything
is left in a wallet. p_reason says why, and nothing personal. A user who is erased already stays so.
Returns: wallet.user.
Locks: the account, then the user''s wallets by asset.
Raises: WA101 WA106 WA201 WA350';
