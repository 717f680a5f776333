CREATE OR REPLACE FUNCTION wallet_private.place(p_user_id uuid) RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The partition of a user, once it has the catalogue as it is.
BEGIN
    RETURN wallet_private.ready_place(
        coalesce(uuid_hash(p_user_id), 0) & (wallet_private.partitions() - 1)
    );
END
$$;
