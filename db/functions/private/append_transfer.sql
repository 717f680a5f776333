CREATE OR REPLACE FUNCTION wallet_private.append_transfer(p_transfer wallet_private.transfer)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- False when the key has been taken meanwhile. A seq that is taken, though, is a lost update, and
-- the primary key makes it an error.
BEGIN
    INSERT INTO wallet_private.transfer VALUES (p_transfer.*)
    ON CONFLICT (user_id, idempotency_key) DO NOTHING;
    RETURN FOUND;
END
$$;
