CREATE OR REPLACE FUNCTION wallet_private.is_key(p_key text) RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- An idempotency key has 1 to 255 printable ASCII characters, and no space at either end.
    SELECT p_key ~ '^[!-~]([ -~]*[!-~])?$' AND length(p_key) <= 255
$$;
