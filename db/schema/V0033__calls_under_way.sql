-- A call of release 0.2 that is under way at the migration goes on in its old bodies. If they need
-- what is no more, it gets 40001, after which gateways call again. The next release drops all this.

CREATE FUNCTION wallet_private.refuse_old_call() RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the wallet was migrated during the call'
        USING ERRCODE = '40001',
            DETAIL = 'The function that was called belongs to the release before.',
            HINT = 'Call it again.';
END
$$;

-- Old bodies don't know a wallet's place in the feed. All others name the column.
ALTER TABLE wallet_private.transfer
ALTER COLUMN feed_position SET DEFAULT wallet_private.refuse_old_call();

-- What old bodies call. Without them they get 42883, after which a gateway of 0.2 gives up.
DO $$
DECLARE
    v_function record;
BEGIN
    FOR v_function IN
        SELECT v.signature, v.type, v.value
        FROM (VALUES
            (
                'move_carefully(text, numeric, uuid, text, numeric, text, text, jsonb, text)',
                'wallet.receipt', 'NULL::wallet.receipt'
            ),
            (
                'post_one(integer, wallet.request, text)',
                'wallet.batch_result', 'NULL::wallet.batch_result'
            ),
            (
                'post_together(wallet.request[], text[], integer)',
                'wallet.batch_result[]', 'NULL::wallet.batch_result[]'
            ),
            (
                'read_grants(wallet_private.campaign, wallet.grant_request[])',
                'TABLE (
                    ord integer, first_ord integer, status text, is_paid boolean, is_sound boolean,
                    cost numeric, request wallet.request
                )',
                '0, 0, NULL, false, false, 0.0, NULL::wallet.request'
            ),
            ('verify_books()', 'SETOF wallet.finding', 'NULL::wallet.finding'),
            ('verify_users(uuid, uuid)', 'SETOF wallet.finding', 'NULL::wallet.finding')
        ) AS v (signature, type, value)
    LOOP
        EXECUTE format(
            'CREATE FUNCTION wallet_private.%s RETURNS %s LANGUAGE sql AS '
            '''SELECT %s FROM wallet_private.refuse_old_call()''',
            v_function.signature, v_function.type, v_function.value
        );
    END LOOP;
END
$$;
