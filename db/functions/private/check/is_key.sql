CREATE OR REPLACE FUNCTION wallet_private.is_key(p_key text) RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- An idempotency key: 1 to 255 printable ASCII characters, none of them a space at an end.
    SELECT p_key ~ '^[!-~]([ -~]*[!-~])?$' AND length(p_key) <= 255
$$;
