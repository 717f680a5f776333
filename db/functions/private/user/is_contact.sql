CREATE OR REPLACE FUNCTION wallet_private.is_contact(p_email text, p_phone text) RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- An address has one @. A number has digits and may begin with +. Either may be missing.
    SELECT (p_email IS NULL OR p_email ~ '^[^@\s]+@[^@\s]+$')
        AND (p_phone IS NULL OR p_phone ~ '^\+?[0-9][0-9 ()./-]*$')
$$;
