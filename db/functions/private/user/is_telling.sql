CREATE OR REPLACE FUNCTION wallet_private.is_telling(
    p_user_id uuid, p_reference text, p_details jsonb, p_metadata jsonb, p_actor text
) RETURNS boolean
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Whether a transfer without a seal says something that may be personal. The user's own id and
    -- a login of the database do not.
    SELECT p_reference IS NOT NULL OR p_metadata IS NOT NULL
        OR coalesce(p_details ? 'reason', false) OR (
            p_actor <> p_user_id::text
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = p_actor)
        )
$$;
