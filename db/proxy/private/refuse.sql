CREATE OR REPLACE FUNCTION wallet_private.refuse(
    p_code text, p_message text, p_detail text, p_hint text
) RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Tells an error as the partition told it, without what PL/Proxy puts before its parts. Returns
-- when the error is the proxy's own.
DECLARE
    v_message text := substring(p_message FROM '^[^:]*: \[[^]]*\] REMOTE ERROR: (.*)');
    v_detail text := regexp_replace(p_detail, '^Remote detail: ', '');
    v_hint text := regexp_replace(p_hint, '^Remote hint: ', '');
BEGIN
    IF p_code <> 'WA601' AND wallet_private.is_away(p_code, p_message) THEN
        PERFORM wallet_private.refuse_away(p_message);
    END IF;
    IF v_message IS NULL THEN
        RETURN;
    END IF;
    PERFORM wallet_private.refuse_as(p_code, v_message, v_detail, v_hint);
END
$$;
