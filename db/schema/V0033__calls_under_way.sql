-- A movement of release 0.2 that is under way at the migration goes on in its old body, which does
-- not keep a wallet's place in the feed. It gets 40001, after which gateways call again.

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

-- All functions since then name the column.
ALTER TABLE wallet_private.transfer
ALTER COLUMN feed_position SET DEFAULT wallet_private.refuse_old_call();
