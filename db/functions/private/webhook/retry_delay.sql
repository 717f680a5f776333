CREATE OR REPLACE FUNCTION wallet_private.retry_delay(p_tries integer, p_retry_after integer)
RETURNS interval
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- How long an event waits after so many tries: at least as long as the receiver asked for.
    -- NULL: that was the last try. Up to a tenth more at random separates events that failed
    -- together.
    SELECT greatest(
        d.delay * (1 + 0.1 * random()), wallet_private.to_pause(p_retry_after)
    )
    FROM unnest(
        ARRAY['5 s', '5 min', '30 min', '2 h', '5 h', '10 h', '14 h', '20 h', '24 h']::interval[]
    ) WITH ORDINALITY AS d (delay, tries)
    WHERE d.tries = p_tries
$$;
