CREATE OR REPLACE FUNCTION wallet_private.is_away(p_code text, p_message text) RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Whether a call failed as its partition can't be reached, is on its way up or down, or takes
    -- no writes: whatever PL/Proxy met.
    SELECT p_code ~ '^(08|57P|25006|WA601)'
        OR (p_message ~ '^PL/Proxy ' AND p_message !~ 'REMOTE ERROR: ')
$$;
