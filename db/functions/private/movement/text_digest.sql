CREATE OR REPLACE FUNCTION wallet_private.text_digest(
    p_salt bytea, p_reference text, p_details jsonb, p_metadata jsonb, p_actor text
) RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Digests what a request wrote. Without the salt, nobody finds by guessing what was written.
    SELECT encode(sha256(p_salt || convert_to(ROW(
        p_reference, p_details -> 'reason', p_metadata, p_actor
    )::text, 'UTF8')), 'hex')
$$;
