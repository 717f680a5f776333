CREATE OR REPLACE FUNCTION wallet_private.is_metadata(p_metadata jsonb) RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Metadata is a small object, or missing.
    SELECT p_metadata IS NULL
        OR (jsonb_typeof(p_metadata) = 'object' AND octet_length(p_metadata::text) <= 8192)
$$;
