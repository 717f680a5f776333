CREATE OR REPLACE FUNCTION wallet_private.to_pause(p_retry_after integer) RETURNS interval
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- What a receiver asks for, in seconds; nobody waits longer than a day.
    SELECT least(greatest(p_retry_after, 0), 86400) * interval '1 second'
$$;
