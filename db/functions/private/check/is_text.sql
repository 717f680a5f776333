CREATE OR REPLACE FUNCTION wallet_private.is_text(p_text text, p_max_length integer)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- A text has at least one character, and no control character. It may be missing.
    SELECT p_text IS NULL OR (p_text ~ '^[^\x01-\x1f\x7f]+$' AND length(p_text) <= p_max_length)
$$;
