CREATE OR REPLACE FUNCTION wallet_private.expiry_details(p_expires_at timestamptz) RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The details of a request that says when what it credits expires.
    SELECT CASE WHEN p_expires_at IS NOT NULL THEN
        jsonb_build_object('expires_at', EXTRACT(EPOCH FROM p_expires_at))
    END
$$;
