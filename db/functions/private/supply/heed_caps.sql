CREATE OR REPLACE FUNCTION wallet_private.heed_caps() RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Has to be called before wallets are opened, as a wallet says whether its asset has a cap. In a
-- stricter isolation level the snapshot may be older than a cap. Then this write to the assets
-- fails, and the caller tries again.
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        UPDATE wallet_private.asset AS a SET name = a.name;
    END IF;
END
$$;
