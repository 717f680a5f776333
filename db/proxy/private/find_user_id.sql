CREATE OR REPLACE FUNCTION wallet_private.find_user_id(p_kind text, p_name text) RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- The user who has a name (an email address in lower case, or an external id), or NULL. While the
-- name is only claimed, the partition that makes the user knows.
DECLARE
    v_found record;
BEGIN
    SELECT n.* INTO v_found
    FROM wallet_private.find_name(wallet_private.name_place(p_name), p_kind, p_name) AS n;
    IF v_found.claim_id IS NOT NULL AND v_found.user_id IS NULL THEN
        RETURN wallet_private.find_named(v_found.place, p_kind, p_name);
    END IF;
    RETURN v_found.user_id;
END
$$;
