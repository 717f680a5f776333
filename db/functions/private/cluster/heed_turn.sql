CREATE OR REPLACE FUNCTION wallet_private.heed_turn() RETURNS boolean
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
    -- Whether nobody else has the turn; until the transaction ends, nobody gets it.
    SELECT pg_try_advisory_xact_lock_shared(hashtext('pgwallet turn'))
$$;
