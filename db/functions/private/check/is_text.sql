CREATE OR REPLACE FUNCTION wallet_private.is_text(p_text text, p_max_length integer)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- A text that is given has characters, and no control character among them; none is fine too.
    SELECT p_text IS NULL OR (p_text ~ '^[^\x01-\x1f\x7f]+$' AND length(p_text) <= p_max_length)
$$;
