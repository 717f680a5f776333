CREATE OR REPLACE FUNCTION wallet_private.heed_caps() RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- For who is about to open wallets, which say whether there is a cap. One that was set since is not
-- seen in the snapshot of a stricter isolation level, but a write notices that there was something.
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        UPDATE wallet_private.asset AS a SET name = a.name;
    END IF;
END
$$;
