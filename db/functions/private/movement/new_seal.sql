CREATE OR REPLACE FUNCTION wallet_private.new_seal(
    p_user_id uuid, p_reference text, p_details jsonb, p_metadata jsonb, p_actor text
) RETURNS bytea
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Makes the seal of a transfer: a salt. It is NULL if the request wrote nothing that may be
    -- personal. The user himself and a login of the database are no actors to hide.
    SELECT CASE
        WHEN p_reference IS NOT NULL OR p_metadata IS NOT NULL OR p_details ? 'reason'
            OR p_actor <> ALL (ARRAY[p_user_id::text, session_user])
            THEN uuid_send(gen_random_uuid())
    END
$$;
