CREATE OR REPLACE FUNCTION wallet.record_verification(
    p_users bigint, p_findings bigint, p_actor text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_most bigint := 9223372036854775807;
BEGIN
    PERFORM wallet_private.check_given('users', p_users);
    PERFORM wallet_private.check_range('users', p_users, 0, v_most);
    PERFORM wallet_private.check_given('findings', p_findings);
    PERFORM wallet_private.check_range('findings', p_findings, 0, v_most);
    -- A standby can be checked too.
    IF NOT current_setting('transaction_read_only')::boolean THEN
        PERFORM wallet_private.record_action(
            'verify', 'books', jsonb_build_object('users', p_users, 'findings', p_findings),
            p_actor
        );
    END IF;
END
$$;

COMMENT ON FUNCTION wallet.record_verification(bigint, bigint, text) IS
'Writes into the record that all books were checked, of how many users, and how many faults were
found. pgwallet verify and the console do it at the end of a check, so the overview can tell when
the last one was. It says what its caller says: it checks nothing. On a standby it writes nothing.
Returns: nothing. wallet.list_actions lists it with the name verify.
Locks: nothing.
Raises: WA101 WA106 WA109';
