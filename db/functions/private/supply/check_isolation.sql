CREATE OR REPLACE FUNCTION wallet_private.check_isolation() RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- For who has to see all that users hold.
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'this is not allowed here'
            USING ERRCODE = 'WA502',
                DETAIL = 'In this transaction''s snapshot not all that users hold may be seen.',
                HINT = 'Call it in a transaction that is READ COMMITTED.';
    END IF;
END
$$;
